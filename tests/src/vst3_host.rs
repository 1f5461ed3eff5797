//! A VST3 host that follows a script: `vst3-host PLUGIN SCRIPT.json OUT.wav`. Prints what it saw as JSON.
//!
//! One idea: the twin of `clap-host`, because hosts that Python can drive have neither loops nor locates.

// VST3 is a C++ interface: every call into it is unsafe by nature.
#![allow(unsafe_code, clippy::print_stdout, clippy::undocumented_unsafe_blocks)]

use anyhow::{Context, Result, anyhow, ensure};
use end_to_end::host::{Script, Seen};
use end_to_end::transport::{Block, Instance, Transport, peak_mb};
use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::path::Path;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, BusDirections_, BusInfo, BusTypes_, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentTrait, IEditController, IEditControllerTrait, IHostApplication, IHostApplicationTrait, IParamValueQueue,
    IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, MediaTypes_, ParameterInfo, ProcessContext, ProcessContext_,
    ProcessData, ProcessModes_, ProcessSetup, SpeakerArr, String128, SymbolicSampleSizes_,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IBStreamTrait, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, PClassInfo, TUID, kInvalidArgument,
    kNotImplemented, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper, Interface};

const AUDIO: i32 = MediaTypes_::kAudio as i32;
const EVENT: i32 = MediaTypes_::kEvent as i32;
const INPUT: i32 = BusDirections_::kInput as i32;
const OUTPUT: i32 = BusDirections_::kOutput as i32;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, script, out] = arguments.as_slice() else { return Err(anyhow!("vst3-host PLUGIN SCRIPT.json OUT.wav")) };
    let script: Script = serde_json::from_slice(&std::fs::read(script)?)?;
    ensure!(script.editor.is_none(), "this host opens no editor");

    // The library stays loaded until the process ends.
    let library = Box::leak(Box::new(unsafe { libloading::Library::new(plugin)? }));
    let factory = enter(library)?;
    let mut seen = Seen::default();
    let application = ComWrapper::new(Application).to_com_ptr::<IHostApplication>().context("no host application")?;
    let component = component(&factory, &application, &mut seen)?;
    let processor: ComPtr<IAudioProcessor> = component.cast().context("the component does not process")?;
    let controller: ComPtr<IEditController> = component.cast().context("the component has no parameters")?;

    let changes = parameters(&controller, &script)?;
    if let Some(path) = &script.state {
        // The same text as in a CLAP, without the length that stands before it there.
        let bytes = std::fs::read(path)?;
        let stream = Stream::of(bytes.get(8..).context("a state that is too short")?.to_vec());
        let pointer = stream.to_com_ptr::<IBStream>().context("no stream")?;
        check("setState", unsafe { component.setState(pointer.as_ptr()) })?;
    }
    set_up(&component, &processor, &script, &mut seen)?;

    let mut playing = Playing { processor: processor.clone(), changes, rate_hz: script.rate_hz, offline: script.offline };
    Transport::new(script.clone()).run_to_file(&mut playing, Path::new(out))?;

    check("setProcessing", unsafe { processor.setProcessing(0) }).ok();
    check("setActive", unsafe { component.setActive(0) })?;
    if let Some(path) = &script.save_state {
        let stream = Stream::of(Vec::new());
        let pointer = stream.to_com_ptr::<IBStream>().context("no stream")?;
        check("getState", unsafe { component.getState(pointer.as_ptr()) })?;
        let text = stream.0.borrow().0.clone();
        std::fs::write(path, [(text.len() as u64).to_le_bytes().to_vec(), text].concat())?;
    }
    check("terminate", unsafe { component.terminate() })?;
    seen.peak_mb = peak_mb();
    println!("{}", serde_json::to_string(&seen)?);
    Ok(())
}

fn check(what: &str, result: tresult) -> Result<()> {
    ensure!(result == kResultOk, "{what} gave {result}");
    Ok(())
}

/// Enters the module and gets its factory.
fn enter(library: &'static libloading::Library) -> Result<ComPtr<IPluginFactory>> {
    type Entry = unsafe extern "system" fn(*mut c_void) -> bool;
    type GetFactory = unsafe extern "system" fn() -> *mut IPluginFactory;
    unsafe {
        // The name of the entry differs by system; a Windows module may have none.
        #[cfg(target_os = "linux")]
        ensure!(library.get::<Entry>(b"ModuleEntry\0")?(std::ptr::from_ref(library).cast_mut().cast()), "ModuleEntry failed");
        #[cfg(target_os = "macos")]
        ensure!(library.get::<Entry>(b"bundleEntry\0")?(std::ptr::null_mut()), "bundleEntry failed");
        #[cfg(target_os = "windows")]
        if let Ok(enter) = library.get::<unsafe extern "system" fn() -> bool>(b"InitDll\0") {
            ensure!(enter(), "InitDll failed");
        }
        #[cfg(target_os = "windows")]
        let _: Option<Entry> = None;
        let factory = library.get::<GetFactory>(b"GetPluginFactory\0")?();
        ComPtr::from_raw(factory).context("no factory")
    }
}

/// Makes the first audio module of the factory.
fn component(factory: &ComPtr<IPluginFactory>, application: &ComPtr<IHostApplication>, seen: &mut Seen) -> Result<ComPtr<IComponent>> {
    unsafe {
        for i in 0..factory.countClasses() {
            let mut info: PClassInfo = std::mem::zeroed();
            check("getClassInfo", factory.getClassInfo(i, &mut info))?;
            if CStr::from_ptr(info.category.as_ptr()) != c"Audio Module Class" {
                continue;
            }
            seen.id = info.cid.iter().map(|b| format!("{:02x}", *b as u8)).collect();
            let mut object: *mut c_void = std::ptr::null_mut();
            let iid: *const c_char = IComponent::IID.as_ptr().cast();
            check("createInstance", factory.createInstance(info.cid.as_ptr(), iid, &mut object))?;
            let component = ComPtr::from_raw(object.cast::<IComponent>()).context("no component")?;
            check("initialize", component.initialize(application.as_ptr().cast::<FUnknown>()))?;
            return Ok(component);
        }
    }
    Err(anyhow!("the factory has no audio module"))
}

/// The parameters that the script sets: ids and normalised values.
fn parameters(controller: &ComPtr<IEditController>, script: &Script) -> Result<Vec<(u32, f64)>> {
    let infos: Vec<ParameterInfo> = unsafe {
        (0..controller.getParameterCount())
            .map(|i| {
                let mut info: ParameterInfo = std::mem::zeroed();
                check("getParameterInfo", controller.getParameterInfo(i, &mut info)).map(|()| info)
            })
            .collect::<Result<_>>()?
    };
    let find = |name: &str| infos.iter().find(|i| text(&i.title) == name).with_context(|| format!("no parameter {name}"));
    let named = script.params.iter();
    // A script counts steps from the lowest; VST3 wants 0 to 1.
    named.map(|(name, steps)| find(name).map(|info| (info.id, steps / f64::from(info.stepCount.max(1))))).collect()
}

fn text(wide: &String128) -> String {
    let units: Vec<u16> = wide.iter().copied().take_while(|c| *c != 0).collect();
    String::from_utf16_lossy(&units)
}

/// Buses, sample rate, block size; then active and processing.
fn set_up(component: &ComPtr<IComponent>, processor: &ComPtr<IAudioProcessor>, script: &Script, seen: &mut Seen) -> Result<()> {
    unsafe {
        for direction in [INPUT, OUTPUT] {
            for i in 0..component.getBusCount(AUDIO, direction) {
                let mut bus: BusInfo = std::mem::zeroed();
                check("getBusInfo", component.getBusInfo(AUDIO, direction, i, &mut bus))?;
                let list = if direction == INPUT { &mut seen.inputs } else { &mut seen.outputs };
                let is_main = bus.busType == BusTypes_::kMain as i32;
                ensure!(is_main == (i == 0), "bus {i} should be {}", if i == 0 { "the main one" } else { "a sidechain" });
                list.push((text(&bus.name), bus.channelCount as u32));
            }
        }
        let notes = |direction| component.getBusCount(EVENT, direction) as u32;
        seen.notes = (notes(INPUT), notes(OUTPUT));

        let (mut inputs, mut outputs) = ([SpeakerArr::kStereo; 2], [SpeakerArr::kStereo; 1]);
        let arranged = processor.setBusArrangements(inputs.as_mut_ptr(), 2, outputs.as_mut_ptr(), 1);
        check("setBusArrangements", arranged)?;
        for (direction, buses) in [(INPUT, 2), (OUTPUT, 1)] {
            for i in 0..buses {
                check("activateBus", component.activateBus(AUDIO, direction, i, 1))?;
            }
        }
        let mut setup = ProcessSetup {
            processMode: mode(script.offline),
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            maxSamplesPerBlock: script.block as i32,
            sampleRate: script.rate_hz,
        };
        check("setupProcessing", processor.setupProcessing(&mut setup))?;
        check("setActive", component.setActive(1))?;
        seen.latency = processor.getLatencySamples();
        // Plugins may answer that they have nothing to do here.
        let answer = processor.setProcessing(1);
        ensure!(answer == kResultOk || answer == kNotImplemented, "setProcessing gave {answer}");
    }
    Ok(())
}

fn mode(offline: bool) -> i32 {
    let mode = if offline { ProcessModes_::kOffline } else { ProcessModes_::kRealtime };
    mode as i32
}

/// The plugin, processing, and the parameters that it is still to be told.
struct Playing {
    processor: ComPtr<IAudioProcessor>,
    changes: Vec<(u32, f64)>,
    rate_hz: f64,
    offline: bool,
}

impl Instance for Playing {
    fn process(&mut self, block: &mut Block, out: &mut [Vec<f32>; 2]) -> Result<()> {
        let frames = block.frames();
        let bus = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
            numChannels: 2,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
        };
        let mut main = block.main.each_mut().map(|c| c.as_mut_ptr());
        let mut side = block.side.each_mut().map(|c| c.as_mut_ptr());
        let mut to = out.each_mut().map(|c| c.as_mut_ptr());
        let (mut inputs, mut outputs) = ([bus(&mut main), bus(&mut side)], [bus(&mut to)]);
        let mut context = self.context(block);
        let queues = self.changes.drain(..).map(|(id, value)| ComWrapper::new(Queue { id, value })).collect();
        let changes = ComWrapper::new(Changes(queues));
        let changes = changes.to_com_ptr::<IParameterChanges>().context("no parameter changes")?;
        let mut data = ProcessData {
            processMode: mode(self.offline),
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as i32,
            numSamples: frames as i32,
            numInputs: 2,
            numOutputs: 1,
            inputs: inputs.as_mut_ptr(),
            outputs: outputs.as_mut_ptr(),
            inputParameterChanges: changes.as_ptr(),
            outputParameterChanges: std::ptr::null_mut(),
            inputEvents: std::ptr::null_mut(),
            outputEvents: std::ptr::null_mut(),
            processContext: &mut context,
        };
        check("process", unsafe { self.processor.process(&mut data) })
    }
}

impl Playing {
    fn context(&self, block: &Block) -> ProcessContext {
        use ProcessContext_::StatesAndFlags_::*;
        let segment = &block.segment;
        let (from, to) = segment.loop_beats.unwrap_or_default();
        let mut state = kTempoValid | kProjectTimeMusicValid | kBarPositionValid | kTimeSigValid | kContTimeValid;
        if segment.playing {
            state |= kPlaying;
        }
        if segment.loop_beats.is_some() {
            state |= kCycleValid | kCycleActive;
        }
        // All of the rest is plain numbers, for which zero is a value.
        let zero: ProcessContext = unsafe { std::mem::zeroed() };
        ProcessContext {
            state,
            sampleRate: self.rate_hz,
            projectTimeSamples: (block.seconds * self.rate_hz).round() as i64,
            continousTimeSamples: block.frame as i64,
            projectTimeMusic: block.beats,
            barPositionMusic: (block.beats / 4.0).floor() * 4.0,
            cycleStartMusic: from,
            cycleEndMusic: to,
            tempo: segment.bpm,
            timeSigNumerator: 4,
            timeSigDenominator: 4,
            ..zero
        }
    }
}

struct Application;

impl Class for Application {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for Application {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        let Some(name) = (unsafe { name.as_mut() }) else { return kInvalidArgument };
        *name = [0; 128];
        for (to, from) in name.iter_mut().zip("vst3-host".encode_utf16()) {
            *to = from;
        }
        kResultOk
    }

    unsafe fn createInstance(&self, _: *mut TUID, _: *mut TUID, object: *mut *mut c_void) -> tresult {
        unsafe { *object = std::ptr::null_mut() };
        kNotImplemented
    }
}

/// Bytes and a position, as the plugin's state is read and written.
struct Stream(RefCell<(Vec<u8>, usize)>);

impl Stream {
    fn of(bytes: Vec<u8>) -> ComWrapper<Self> {
        ComWrapper::new(Self(RefCell::new((bytes, 0))))
    }
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, length: i32, done: *mut i32) -> tresult {
        let mut this = self.0.borrow_mut();
        let (bytes, at) = &mut *this;
        let n = usize::try_from(length).unwrap_or(0).min(bytes.len().saturating_sub(*at));
        unsafe {
            if n > 0 {
                std::ptr::copy_nonoverlapping(bytes.as_ptr().add(*at), buffer.cast(), n);
            }
            if let Some(done) = done.as_mut() {
                *done = n as i32;
            }
        }
        *at += n;
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, length: i32, done: *mut i32) -> tresult {
        let n = usize::try_from(length).unwrap_or(0);
        let mut this = self.0.borrow_mut();
        let (bytes, at) = &mut *this;
        let end = *at + n;
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        unsafe {
            if n > 0 {
                std::ptr::copy_nonoverlapping(buffer.cast(), bytes.as_mut_ptr().add(*at), n);
            }
            if let Some(done) = done.as_mut() {
                *done = n as i32;
            }
        }
        *at = end;
        kResultOk
    }

    unsafe fn seek(&self, to: i64, from: i32, result: *mut i64) -> tresult {
        let mut this = self.0.borrow_mut();
        let base = match from {
            0 => 0,
            1 => this.1 as i64,
            2 => this.0.len() as i64,
            _ => return kInvalidArgument,
        };
        let Ok(at) = usize::try_from(base + to) else { return kInvalidArgument };
        this.1 = at;
        if let Some(result) = unsafe { result.as_mut() } {
            *result = at as i64;
        }
        kResultOk
    }

    unsafe fn tell(&self, at: *mut i64) -> tresult {
        unsafe { *at = self.0.borrow().1 as i64 };
        kResultOk
    }
}

/// One parameter's value at the start of the block.
struct Queue {
    id: u32,
    value: f64,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> u32 {
        self.id
    }

    unsafe fn getPointCount(&self) -> i32 {
        1
    }

    unsafe fn getPoint(&self, index: i32, offset: *mut i32, value: *mut f64) -> tresult {
        if index != 0 {
            return kInvalidArgument;
        }
        unsafe { (*offset, *value) = (0, self.value) };
        kResultOk
    }

    unsafe fn addPoint(&self, _: i32, _: f64, _: *mut i32) -> tresult {
        kNotImplemented
    }
}

struct Changes(Vec<ComWrapper<Queue>>);

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> i32 {
        self.0.len() as i32
    }

    unsafe fn getParameterData(&self, index: i32) -> *mut IParamValueQueue {
        let queue = usize::try_from(index).ok().and_then(|i| self.0.get(i));
        // Borrowed: it lives as long as the list does.
        queue.and_then(|q| q.as_com_ref::<IParamValueQueue>()).map_or(std::ptr::null_mut(), |q| q.as_ptr())
    }

    unsafe fn addParameterData(&self, _: *const u32, _: *mut i32) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}
