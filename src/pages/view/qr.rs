//! QR codes.

use qrcode::{Color, EcLevel, QrCode};

/// A QR code as one SVG path over squares of one unit, with the four squares of quiet around it.
pub struct Picture {
    pub width: usize,
    pub path: String,
}

impl Picture {
    /// `None` if the text is too long for a QR code.
    pub fn of(text: &str) -> Option<Self> {
        const QUIET: usize = 4;
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (at, _) in code.to_colors().iter().enumerate().filter(|(_, colour)| **colour == Color::Dark) {
            path += &format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
        Some(Self { width: width + 2 * QUIET, path })
    }
}
