//! A CLAP host that follows a script: `clap-host PLUGIN SCRIPT.json OUT.wav`. Prints what it saw as JSON.
//!
//! One idea: the plugin runs in this process alone, so that a crash is seen as one.

// Loading a library and embedding a window are unsafe by nature.
#![allow(unsafe_code, clippy::print_stdout, clippy::undocumented_unsafe_blocks)]

use anyhow::{Context, Result, anyhow};
use clack_extensions::audio_ports::*;
use clack_extensions::gui::*;
use clack_extensions::latency::*;
use clack_extensions::log::*;
use clack_extensions::note_ports::*;
use clack_extensions::params::*;
use clack_extensions::render::*;
use clack_extensions::state::*;
use clack_host::events::EventFlags;
use clack_host::events::event_types::*;
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, SecondsTime};
use end_to_end::host::{Script, Seen, Segment};
use end_to_end::transport::{Block, Instance, Transport, peak_mb, threads};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt, CreateWindowAux, EventMask, ImageFormat, MOTION_NOTIFY_EVENT, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;

#[derive(Default)]
struct Shared {
    callback: AtomicBool,
}

impl<'a> SharedHandler<'a> for &'static Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.callback.store(true, Ordering::Relaxed);
    }
}

impl HostLogImpl for &'static Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        eprintln!("[{severity:?}] {message}");
    }
}

impl HostGuiImpl for &'static Shared {
    fn resize_hints_changed(&self) {}
    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        Ok(())
    }
    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn closed(&self, _: bool) {}
}

impl HostParamsImplShared for &'static Shared {
    fn request_flush(&self) {}
}

struct Main;
impl MainThreadHandler<'_> for Main {}
impl HostParamsImplMainThread for Main {
    fn rescan(&self, _: ParamRescanFlags) {}
    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}
impl HostStateImpl for Main {
    fn mark_dirty(&self) {}
}
impl HostLatencyImpl for Main {
    fn changed(&self) {}
}

struct Host;
impl HostHandlers for Host {
    type Shared<'a> = &'static Shared;
    type MainThread<'a> = Main;
    type AudioProcessor<'a> = ();
    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Self::Shared<'_>) {
        builder.register::<HostLog>().register::<HostGui>().register::<HostParams>().register::<HostState>().register::<HostLatency>();
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plugin, script, out] = arguments.as_slice() else { return Err(anyhow!("clap-host PLUGIN SCRIPT.json OUT.wav")) };
    let script: Script = serde_json::from_slice(&std::fs::read(script)?)?;

    let entry = unsafe { PluginEntry::load(plugin)? };
    let factory = entry.get_plugin_factory().context("no plugin factory")?;
    let descriptor = factory.plugin_descriptors().next().context("no plugin")?;
    let id = descriptor.id().context("no id")?;
    let shared: &'static Shared = Box::leak(Box::default());
    let info = HostInfo::new("clap-host", "underscore", "", "1")?;
    let mut instance = PluginInstance::<Host>::new(|_| shared, |_| Main, &entry, id, &info)?;
    let mut seen = Seen { id: id.to_string_lossy().into_owned(), ..Seen::default() };

    let mut changes = Vec::new();
    {
        let handle = instance.plugin_handle();
        let ports: PluginAudioPorts = handle.get_extension().context("no audio ports")?;
        for is_input in [true, false] {
            for i in 0..ports.count(&handle, is_input) {
                let mut buffer = AudioPortInfoBuffer::new();
                let port = ports.get(&handle, i, is_input, &mut buffer).context("no such port")?;
                let list = if is_input { &mut seen.inputs } else { &mut seen.outputs };
                list.push((String::from_utf8_lossy(port.name).into_owned(), port.channel_count));
            }
        }
        let notes: PluginNotePorts = handle.get_extension().context("no note ports")?;
        seen.notes = (notes.count(&handle, true), notes.count(&handle, false));
        let params: PluginParams = handle.get_extension().context("no parameters")?;
        for (name, value) in &script.params {
            let mut buffer = ParamInfoBuffer::new();
            let found = (0..params.count(&handle)).find_map(|i| {
                let info = params.get_info(&handle, i, &mut buffer)?;
                (info.name == name.as_bytes()).then_some(info.id)
            });
            changes.push((found.with_context(|| format!("no parameter {name}"))?, *value));
        }
        let state: PluginState = handle.get_extension().context("no state")?;
        if let Some(path) = &script.state {
            state.load(&handle, &mut std::fs::read(path)?.as_slice())?;
        }
        if script.offline {
            let render: PluginRender = handle.get_extension().context("no render mode")?;
            render.set(&handle, RenderMode::Offline)?;
        }
    }
    let config = PluginAudioConfiguration { sample_rate: script.rate_hz, min_frames_count: 1, max_frames_count: script.block as u32 };
    let audio = instance.activate(|_, _| (), config)?;
    {
        let handle = instance.plugin_handle();
        let latency: PluginLatency = handle.get_extension().context("no latency")?;
        seen.latency = latency.get(&handle);
    }

    let stop: &'static AtomicBool = Box::leak(Box::default());
    let play = script.clone();
    let out = out.clone();
    let has_editor = script.editor.is_some();
    let thread = std::thread::spawn(move || -> Result<_> {
        let audio = audio.start_processing().map_err(|e| anyhow!("{e:?}"))?;
        let mut playing = Playing { audio, changes };
        let mut transport = Transport::new(play.clone());
        transport.run_to_file(&mut playing, std::path::Path::new(&out))?;
        // While an editor is open, the sound goes on as the last segment left it.
        let last = play.segments.last().cloned().unwrap_or_default();
        while has_editor && !stop.load(Ordering::Relaxed) {
            transport.run(&mut playing, &Segment { locate: None, ..last.clone() }, play.block, |_, _| Ok(()))?;
            std::thread::sleep(Duration::from_secs_f64(play.block as f64 / play.rate_hz));
        }
        Ok(playing.audio.stop_processing())
    });
    if let Some((seconds, times)) = script.editor {
        seen.threads.push(threads());
        for _ in 0..times {
            let (colours, left) = show_editor(&mut instance, shared, seconds, &script)?;
            seen.editor_colours.push(colours);
            seen.threads.push(left);
        }
    }
    stop.store(true, Ordering::Relaxed);
    let stopped = thread.join().map_err(|_| anyhow!("the audio thread panicked"))??;
    instance.deactivate(stopped);
    if let Some(path) = &script.save_state {
        let handle = instance.plugin_handle();
        let state: PluginState = handle.get_extension().context("no state")?;
        let mut bytes = Vec::new();
        state.save(&handle, &mut bytes)?;
        std::fs::write(path, bytes)?;
    }
    drop(instance);
    seen.threads_left = threads();
    seen.peak_mb = peak_mb();
    println!("{}", serde_json::to_string(&seen)?);
    Ok(())
}

/// The plugin, processing, and the parameters that it is still to be told.
struct Playing {
    audio: StartedPluginAudioProcessor<Host>,
    changes: Vec<(ClapId, f64)>,
}

impl Instance for Playing {
    fn process(&mut self, block: &mut Block, out: &mut [Vec<f32>; 2]) -> Result<()> {
        let (mut inputs, mut outputs) = (AudioPorts::with_capacity(4, 2), AudioPorts::with_capacity(2, 1));
        let mut events = EventBuffer::with_capacity(4);
        for (id, value) in self.changes.drain(..) {
            events.push(&ParamValueEvent::new(0, id, Pckn::match_all(), value));
        }
        let transport = transport(block);
        let mut heard = EventBuffer::new();
        let ins = inputs.with_input_buffers([&mut block.main, &mut block.side].into_iter().map(|v| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(v.iter_mut().map(InputChannel::variable)),
        }));
        let mut outs = outputs.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(out.iter_mut().map(|b| b.as_mut_slice())),
        }]);
        let (events, mut heard) = (InputEvents::from_buffer(&events), OutputEvents::from_buffer(&mut heard));
        let done = self.audio.process(&ins, &mut outs, &events, &mut heard, Some(block.frame), Some(&transport));
        done.map(|_| ()).map_err(|e| anyhow!("{e:?}"))
    }
}

fn transport(block: &Block) -> TransportEvent {
    let segment = &block.segment;
    let mut flags = TransportFlags::HAS_TEMPO
        | TransportFlags::HAS_BEATS_TIMELINE
        | TransportFlags::HAS_SECONDS_TIMELINE
        | TransportFlags::HAS_TIME_SIGNATURE;
    if segment.playing {
        flags |= TransportFlags::IS_PLAYING;
    }
    if segment.loop_beats.is_some() {
        flags |= TransportFlags::IS_LOOP_ACTIVE;
    }
    let (from, to) = segment.loop_beats.unwrap_or_default();
    let seconds = |beats: f64| SecondsTime::from_float(beats * 60.0 / segment.bpm);
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags,
        song_pos_beats: BeatTime::from_float(block.beats),
        song_pos_seconds: SecondsTime::from_float(block.seconds),
        tempo: segment.bpm,
        tempo_inc: 0.0,
        loop_start_beats: BeatTime::from_float(from),
        loop_end_beats: BeatTime::from_float(to),
        loop_start_seconds: seconds(from),
        loop_end_seconds: seconds(to),
        bar_start: BeatTime::from_float((block.beats / 4.0).floor() * 4.0),
        bar_number: (block.beats / 4.0).floor() as i32,
        time_signature_numerator: 4,
        time_signature_denominator: 4,
    }
}

/// How long an editor may take to draw itself for the first time.
const TO_DRAW: Duration = Duration::from_secs(30);

/// Opens the editor in a window of ours, waits, clicks, and closes it. Gives the number of different colours in it at the
/// end, and what threads are left.
fn show_editor(
    instance: &mut PluginInstance<Host>,
    shared: &'static Shared,
    seconds: f64,
    script: &Script,
) -> Result<(usize, Vec<String>)> {
    let (connection, screen) = x11rb::connect(None)?;
    let window = connection.generate_id()?;
    let gui: PluginGui = instance.plugin_handle().get_extension().context("no editor")?;
    {
        let handle = instance.plugin_handle();
        gui.create(&handle, GuiConfiguration { api_type: GuiApiType::X11, is_floating: false })?;
        let size = gui.get_size(&handle).context("no size")?;
        let screen = &connection.setup().roots[screen];
        connection.create_window(
            0,
            window,
            screen.root,
            0,
            0,
            size.width as u16,
            size.height as u16,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &CreateWindowAux::new().event_mask(EventMask::STRUCTURE_NOTIFY).background_pixel(screen.black_pixel),
        )?;
        connection.map_window(window)?;
        // The plugin has a connection of its own, which may overtake this one: the window must be there before it is named.
        connection.get_input_focus()?.reply()?;
        unsafe { gui.set_parent(&handle, Window::from_x11_handle(window.into()))? };
        gui.show(&handle)?;
    }
    let handle = instance.plugin_handle();
    let size = gui.get_size(&handle).context("no size")?;
    let colours = || -> Result<usize> {
        let (width, height) = (size.width as u16, size.height as u16);
        let image = connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, u32::MAX)?.reply()?;
        Ok(image.data.chunks(4).map(|p| &p[..3]).collect::<std::collections::HashSet<_>>().len())
    };
    // It is open when something is drawn, which takes a busy machine without a graphics card its time.
    let asked = Instant::now();
    while colours()? < 2 && asked.elapsed() < TO_DRAW {
        if shared.callback.swap(false, Ordering::Relaxed) {
            instance.call_on_main_thread_callback();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let since = Instant::now();
    let mut clicks = script.clicks.clone();
    let mut child = script
        .while_open
        .as_deref()
        .map(|r| std::process::Command::new("sh").args(["-c", r]).stdout(std::io::stderr()).spawn())
        .transpose()?;
    loop {
        let waits = child.as_mut().is_some_and(|c| matches!(c.try_wait(), Ok(None)));
        if since.elapsed().as_secs_f64() > seconds && (!waits || since.elapsed().as_secs_f64() > 60.0) {
            break;
        }
        if shared.callback.swap(false, Ordering::Relaxed) {
            instance.call_on_main_thread_callback();
        }
        while connection.poll_for_event()?.is_some() {}
        if let Some((_, x, y)) = clicks.extract_if(.., |c| c.0 <= since.elapsed().as_secs_f64()).next() {
            for (kind, button) in [(MOTION_NOTIFY_EVENT, 0), (BUTTON_PRESS_EVENT, 1), (BUTTON_RELEASE_EVENT, 1)] {
                connection.xtest_fake_input(kind, button, 0, x11rb::NONE, x, y, 0)?;
                connection.flush()?;
                std::thread::sleep(Duration::from_millis(60));
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let colours = colours()?;
    let handle = instance.plugin_handle();
    gui.hide(&handle).ok();
    gui.destroy(&handle);
    let left = threads();
    connection.destroy_window(window)?;
    connection.flush()?;
    Ok((colours, left))
}
