//! The bar on a terminal; elsewhere nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};

use crate::legacy::Position;

pub struct Progress {
    bar: ProgressBar,
    first_row: u64,
}

impl Progress {
    /// `length`: in the unit of [`Position::offset`], if it is known.
    pub fn start(length: Option<u64>, from: &Position) -> Self {
        let (bar, look) = match length {
            Some(length) => (ProgressBar::new(length), "{bar:40} {percent} %  {msg}, {eta} left"),
            None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
        };
        if let Ok(style) = ProgressStyle::with_template(look) {
            bar.set_style(style);
        }
        bar.set_position(from.offset);
        bar.reset_eta();
        Self { bar, first_row: from.row }
    }

    pub fn at(&self, position: &Position) {
        let rows = position.row - self.first_row.min(position.row);
        let rate = rows as f64 / self.bar.elapsed().as_secs_f64().max(0.001);
        self.bar.set_message(format!("row {}, {rate:.0} rows/s", position.row));
        self.bar.set_position(position.offset);
    }

    /// Something that the bar must not draw over.
    pub fn note(&self, text: &str) {
        self.bar.println(text);
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
