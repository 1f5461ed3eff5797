//! The editor as hosts see it: the framework's, with one promise more, that nothing of it runs once it is closed.
//!
//! One idea: on X11 a window has a thread of its own, and the framework may give up waiting for it (baseview 0.4.2 asks the thread to
//! show the window once more while it is already ending, and takes the missing answer for the end). What is left would then draw
//! into a window that the host has destroyed, in a library that the host may have unloaded. So the thread's place under `/proc` is
//! noted when it starts, and closing the window waits until that is gone.

use crate::app::EditorApp;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{
    Editor as Framework, EditorHandle as FrameworkHandle, HostMethods, Modifiers, ParentWindowHandle, ResizeHint, SpawnedEditor,
    VirtualKeyCode,
};
use nice_plug::plugin::TrackInfo;
use nice_plug_egui::{EguiEditor, EguiEditorHandle, baseview};
use parking_lot::Mutex;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest that closing a window waits for its thread, which otherwise ends within milliseconds: a driver that hangs must not
/// hold up the host.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the thread that draws the open window is to be seen, on systems where it has one of its own.
#[derive(Debug, Clone, Default)]
pub struct WindowThread(Arc<Mutex<Option<PathBuf>>>);

impl WindowThread {
    /// Notes that the calling thread draws the window.
    pub fn is_this(&self) {
        if cfg!(target_os = "linux") {
            *self.0.lock() = std::fs::read_link("/proc/thread-self").ok().map(|task| PathBuf::from("/proc").join(task));
        }
    }

    /// Waits until that thread has ended, if there was one.
    fn wait_until_ended(&self) {
        let Some(task) = self.0.lock().take() else { return };
        let since = Instant::now();
        while task.exists() && since.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The editor of one instance.
pub struct Editor {
    framework: EguiEditor<EditorApp>,
    thread: WindowThread,
}

impl Editor {
    /// The framework's editor, whose app notes its thread in `thread`.
    pub fn new(framework: EguiEditor<EditorApp>, thread: WindowThread) -> Self {
        Self { framework, thread }
    }
}

/// An open window, which is gone entirely when it is dropped.
pub struct Window {
    window: Option<baseview::Window>,
    thread: WindowThread,
}

impl Drop for Window {
    fn drop(&mut self) {
        drop(self.window.take());
        self.thread.wait_until_ended();
    }
}

impl Framework for Editor {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        let SpawnedEditor { handle, window } = self.framework.spawn(parent, wait_for_parent, fallback_scale_factor, context, host)?;
        Ok(SpawnedEditor { handle: Handle(handle), window: Window { window: Some(window), thread: self.thread.clone() } })
    }

    fn size(&self) -> NativeSize<u32> {
        self.framework.size()
    }

    fn resize_hint(&self) -> ResizeHint {
        self.framework.resize_hint()
    }

    fn track_info_updated(&self, info: TrackInfo) {
        self.framework.track_info_updated(info);
    }
}

/// The framework's handle, for a [`Window`] of ours.
pub struct Handle(EguiEditorHandle);

/// What the framework's handle answers about the window while there is one; there is until it is dropped.
fn with<T>(window: &Window, ask: impl FnOnce(&baseview::Window) -> T) -> Option<T> {
    window.window.as_ref().map(ask)
}

impl FrameworkHandle for Handle {
    type Window = Window;
    type Error = baseview::Error;

    fn run_until_closed(mut window: Window) -> Result<(), baseview::Error> {
        window.window.take().map_or(Ok(()), EguiEditorHandle::run_until_closed)
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), baseview::Error> {
        with(window, |w| self.0.set_parent(parent, w)).unwrap_or(Ok(()))
    }

    fn show(&self, window: &Window) -> Result<(), baseview::Error> {
        with(window, |w| self.0.show(w)).unwrap_or(Ok(()))
    }

    fn hide(&self, window: &Window) -> Result<(), baseview::Error> {
        with(window, |w| self.0.hide(w)).unwrap_or(Ok(()))
    }

    fn host_main_thread_callback(&self, window: &Window) {
        with(window, |w| self.0.host_main_thread_callback(w));
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Window) -> Result<(), baseview::Error> {
        with(window, |w| self.0.set_size(size, w)).unwrap_or(Ok(()))
    }

    fn set_fallback_scale_factor(&self, factor: f64, window: &Window) -> Result<(), baseview::Error> {
        with(window, |w| self.0.set_fallback_scale_factor(factor, w)).unwrap_or(Ok(()))
    }

    fn adjust_size(&self, size: NativeSize<u32>, window: &Window) -> Option<NativeSize<u32>> {
        with(window, |w| self.0.adjust_size(size, w)).flatten()
    }

    fn on_virtual_key_from_host(&self, key: VirtualKeyCode, is_down: bool, modifiers: Modifiers) -> bool {
        self.0.on_virtual_key_from_host(key, is_down, modifiers)
    }

    fn state_changed(&self) {
        self.0.state_changed();
    }

    fn param_value_changed(&self, id: &str, normalized: f32) {
        self.0.param_value_changed(id, normalized);
    }

    fn param_modulation_changed(&self, id: &str, offset: f32) {
        self.0.param_modulation_changed(id, offset);
    }
}
