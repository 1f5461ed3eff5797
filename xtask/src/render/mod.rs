//! Notes to sound, for evaluations and training: soundfont, the project's own instruments, rooms.

pub mod midi;
pub mod mp3;
pub mod own;
pub mod room;
pub mod score;

/// Where Debian's soundfont lies.
pub const SOUNDFONT: &str = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
