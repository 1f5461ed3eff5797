//! The VST3's entry points and factory, in place of the framework's macro.
//!
//! One idea: the framework hands the plugin the process mode of the setup *before* the present one, so that a bounce begins as if it
//! were live (its first notes come late) and live playing after a bounce may wait on the audio thread. Here every setup is told to it
//! twice. The one method that does so is put into the instance's table of methods as it is made; all else is the framework's.

// VST3 is a C++ interface: its entry points, pointers and tables of methods are unsafe by nature.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks)]

use crate::Underscore;
use nice_plug::wrapper::setup_logger;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{IAudioProcessor, IAudioProcessorVtbl, ProcessSetup};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3, IPluginFactory3Trait, IPluginFactoryTrait,
    PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo, TUID, kInvalidArgument, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComWrapper};
use nice_plug::wrapper::vst3::{PluginInfo, Wrapper};
use std::ffi::c_void;
use std::sync::OnceLock;

/// The framework's methods of the audio processor, and the same with ours among them.
static METHODS: OnceLock<(&'static IAudioProcessorVtbl, IAudioProcessorVtbl)> = OnceLock::new();

unsafe extern "system" fn set_up_twice(this: *mut IAudioProcessor, setup: *mut ProcessSetup) -> tresult {
    // Set before any instance can be reached.
    let Some((framework, _)) = METHODS.get() else { return kInvalidArgument };
    unsafe {
        let first = (framework.setupProcessing)(this, setup);
        if first == kResultOk { (framework.setupProcessing)(this, setup) } else { first }
    }
}

/// Puts [`set_up_twice`] in the place of `setupProcessing`.
///
/// # Safety
/// `processor` is an instance of the framework's wrapper that nothing else knows of yet.
unsafe fn hook(processor: *mut IAudioProcessor) {
    // The table is a constant of the framework: one for all instances, and it lives for ever.
    let framework: &'static IAudioProcessorVtbl = unsafe { &*(*processor).vtbl };
    let (_, ours) = METHODS.get_or_init(|| (framework, IAudioProcessorVtbl { setupProcessing: set_up_twice, ..*framework }));
    unsafe { (*processor).vtbl = ours };
}

struct Factory(PluginInfo);

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

/// Fills in what a host asks about the one class.
unsafe fn answer<T>(index: i32, to: *mut T, value: impl FnOnce() -> T) -> tresult {
    if index != 0 || to.is_null() {
        return kInvalidArgument;
    }
    unsafe { to.write(value()) };
    kResultOk
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        unsafe { answer(0, info, || self.0.create_factory_info()) }
    }

    unsafe fn countClasses(&self) -> i32 {
        1
    }

    unsafe fn getClassInfo(&self, index: i32, info: *mut PClassInfo) -> tresult {
        unsafe { answer(index, info, || self.0.create_class_info()) }
    }

    unsafe fn createInstance(&self, class: FIDString, interface: FIDString, object: *mut *mut c_void) -> tresult {
        if class.is_null() || interface.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        if unsafe { *class.cast::<[u8; 16]>() } != *self.0.cid {
            return kInvalidArgument;
        }
        let wrapper = ComWrapper::new(Wrapper::<Underscore>::new());
        let (Some(processor), Some(unknown)) = (wrapper.as_com_ref::<IAudioProcessor>(), wrapper.as_com_ref::<FUnknown>()) else {
            return kInvalidArgument;
        };
        unsafe {
            hook(processor.as_ptr());
            let unknown = unknown.as_ptr();
            ((*(*unknown).vtbl).queryInterface)(unknown, interface.cast::<TUID>(), object)
        }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: i32, info: *mut PClassInfo2) -> tresult {
        unsafe { answer(index, info, || self.0.create_class_info_2()) }
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: i32, info: *mut PClassInfoW) -> tresult {
        unsafe { answer(index, info, || self.0.create_class_info_unicode()) }
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}

/// What a host calls first. Null if there is no factory.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    let factory = ComWrapper::new(Factory(PluginInfo::for_plugin::<Underscore>()));
    factory.to_com_ptr::<IPluginFactory>().map_or(std::ptr::null_mut(), |f| f.into_raw().cast())
}

/// Linux: the module was loaded.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleEntry(_library: *mut c_void) -> bool {
    setup_logger::<Underscore>();
    true
}

/// Linux: the module is about to be unloaded.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleExit() -> bool {
    true
}

/// macOS: the module was loaded.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleEntry(_library: *mut c_void) -> bool {
    setup_logger::<Underscore>();
    true
}

/// macOS: the module is about to be unloaded.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleExit() -> bool {
    true
}

/// Windows: the module was loaded.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    setup_logger::<Underscore>();
    true
}

/// Windows: the module is about to be unloaded.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    true
}
