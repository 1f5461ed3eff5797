//! What comes from the worker, and what goes back to it.

use super::{FADE_OUT, Fading, Player};
use crate::link::{FromPlayer, ToPlayer};
use crate::program::{Program, SPARE_DECKS};
use std::sync::atomic::Ordering;

impl Player {
    pub(super) fn receive(&mut self) {
        if let Some(program) = self.slot.take() {
            self.take_program(Some(program));
        }
        let silent_below = self.board.silent_below.load(Ordering::Acquire);
        if self.program.as_ref().is_some_and(|p| p.id < silent_below) {
            self.take_program(None);
        }
        while let Ok(message) = self.inbox.pop() {
            match message {
                ToPlayer::Deck(id, deck) => match &mut self.program {
                    Some(p) if p.id == id && p.decks.len() < SPARE_DECKS => p.decks.push(deck),
                    _ => self.send(FromPlayer::Deck(deck)),
                },
                ToPlayer::Chunk(id, index, mut chunk) => {
                    let old = self.fading.as_mut().and_then(|f| f.program.as_mut());
                    if let Some(p) = self.program.iter_mut().chain(old).find(|p| p.id == id) {
                        p.table.set(index, chunk.take());
                    }
                    self.send(FromPlayer::Chunk(chunk));
                }
            }
        }
    }

    /// Gives something back to be dropped elsewhere. A full queue means that the feeder is gone or stuck; then it is leaked,
    /// because freeing here would be worse.
    pub(super) fn send(&mut self, thing: FromPlayer) {
        if let FromPlayer::Chunk(None) = thing {
            return;
        }
        if let Err(rtrb::PushError::Full(thing)) = self.outbox.push(thing) {
            std::mem::forget(thing);
        }
    }

    fn take_program(&mut self, program: Option<Box<Program>>) {
        self.drop_standby();
        self.end_fading();
        self.pending = None;
        let old = std::mem::replace(&mut self.program, program);
        // The order matters to the feeder, which reads the second first.
        self.board.decks_used.store(0, Ordering::Relaxed);
        self.board.taken.store(self.program.as_ref().map_or(0, |p| p.id), Ordering::Release);
        match (self.active.take(), old) {
            (Some(voice), old) => self.fading = Some(Fading { voice, program: old, left: FADE_OUT }),
            (None, Some(old)) => self.send(FromPlayer::Program(old)),
            (None, None) => {}
        }
        self.place = self.program.as_ref().and_then(|p| p.place);
        // An audition's own clock starts anew with each program.
        self.own_clock = false;
        if self.place.is_none() {
            self.running = None;
        } else {
            // The transport may be in the middle of it already.
            self.jump();
        }
    }

    pub(super) fn drop_standby(&mut self) {
        if let Some(voice) = self.standby.take() {
            let fresh = voice.deck.is_fresh();
            match &mut self.program {
                Some(p) if fresh && p.decks.len() < SPARE_DECKS => {
                    self.board.decks_used.fetch_sub(1, Ordering::Relaxed);
                    p.decks.push(voice.deck);
                }
                _ => self.send(FromPlayer::Deck(voice.deck)),
            }
        }
    }

    pub(super) fn end_fading(&mut self) {
        if let Some(fading) = self.fading.take() {
            self.send(FromPlayer::Deck(fading.voice.deck));
            if let Some(program) = fading.program {
                self.send(FromPlayer::Program(program));
            }
        }
    }

    /// Lets the active voice fade out.
    pub(super) fn release_active(&mut self) {
        if let Some(voice) = self.active.take() {
            self.end_fading();
            self.fading = Some(Fading { voice, program: None, left: FADE_OUT });
        }
    }
}
