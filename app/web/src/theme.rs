//! A site's accent colour as tokens that can be read: whatever colour an organisation's corporate
//! design has, text in it and on it keeps a contrast of at least 4.5:1, light and dark.
//!
//! The colour is a typed value, never text from outside, so that a theme can carry no style rule.
//! Lightness is moved in OKLab (Björn Ottosson, 2020), which keeps the hue; contrast is that of
//! WCAG 2.2 ("relative luminance").

use std::fmt::Write as _;

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Least contrast of text (WCAG 2.2, 1.4.3).
pub const TEXT_CONTRAST_MIN: f64 = 4.5;

/// The accent before a site has chosen its own; the same as in `style/tokens.css`.
pub const ACCENT_DEFAULT: Rgb = [0x17, 0x61, 0x5c];

/// Light or dark ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

/// The tokens that a theme overrides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Buttons, links, marks.
    pub accent: Rgb,
    /// Text on `accent`.
    pub accent_ink: Rgb,
    /// Ground of own messages and of what is chosen.
    pub accent_soft: Rgb,
    /// Borders.
    pub accent_line: Rgb,
}

impl Scheme {
    /// The grounds on which the accent is used as text: canvas, surface, surface-2 of `style/tokens.css`.
    const fn grounds(self) -> [Rgb; 3] {
        match self {
            Self::Light => [[0xf8, 0xf6, 0xf1], [0xff, 0xff, 0xff], [0xf1, 0xee, 0xe6]],
            Self::Dark => [[0x14, 0x18, 0x1a], [0x1c, 0x21, 0x24], [0x25, 0x2b, 0x2e]],
        }
    }

    /// The texts that stand on `accent_soft`: ink and ink-2.
    const fn inks(self) -> [Rgb; 2] {
        match self {
            Self::Light => [[0x1d, 0x25, 0x29], [0x52, 0x5d, 0x63]],
            Self::Dark => [[0xec, 0xea, 0xe4], [0xa9, 0xb1, 0xb4]],
        }
    }
}

/// The tokens for a given accent colour.
#[must_use]
pub fn palette(accent: Rgb, scheme: Scheme) -> Palette {
    let [lightness, a, b] = to_oklab(accent);
    let step = match scheme {
        Scheme::Light => -0.005,
        Scheme::Dark => 0.005,
    };
    // On dark ground a colour of the same hue starts where it is light enough to glow.
    let start = match scheme {
        Scheme::Light => lightness,
        Scheme::Dark => lightness.max(0.7),
    };
    let mut candidate = derived(from_oklab([start, a, b]), scheme);
    for n in 0..=200 {
        candidate = derived(from_oklab([(start + step * f64::from(n)).clamp(0.0, 1.0), a, b]), scheme);
        if readable(&candidate, scheme) {
            break;
        }
    }
    candidate
}

/// Whether everything that is text keeps its contrast.
fn readable(palette: &Palette, scheme: Scheme) -> bool {
    let enough = |text, ground| contrast(text, ground) >= TEXT_CONTRAST_MIN;
    scheme.grounds().into_iter().all(|ground| enough(palette.accent, ground))
        && enough(palette.accent, palette.accent_soft)
        && enough(palette.accent_ink, palette.accent)
        && scheme.inks().into_iter().all(|ink| enough(ink, palette.accent_soft))
}

/// The other tokens from the corrected accent: its hue, paler and lighter or darker.
fn derived(accent: Rgb, scheme: Scheme) -> Palette {
    let [_, a, b] = to_oklab(accent);
    let tint = |lightness, chroma| from_oklab([lightness, a * chroma, b * chroma]);
    match scheme {
        Scheme::Light => Palette {
            accent,
            accent_ink: [0xff; 3],
            accent_soft: tint(0.94, 0.22),
            accent_line: tint(0.82, 0.55),
        },
        Scheme::Dark => Palette {
            accent,
            accent_ink: tint(0.2, 0.3),
            accent_soft: tint(0.31, 0.4),
            accent_line: tint(0.46, 0.65),
        },
    }
}

/// The stylesheet that a page links after `style.css`.
#[must_use]
pub fn stylesheet(accent: Rgb) -> String {
    let mut out = String::from(":root {");
    declarations(&mut out, &palette(accent, Scheme::Light));
    out.push_str(" }\n@media (prefers-color-scheme: dark) { :root {");
    declarations(&mut out, &palette(accent, Scheme::Dark));
    out.push_str(" } }\n");
    out
}

fn declarations(out: &mut String, palette: &Palette) {
    for (name, color) in [
        ("accent", palette.accent),
        ("accent-ink", palette.accent_ink),
        ("accent-soft", palette.accent_soft),
        ("accent-line", palette.accent_line),
    ] {
        let _ = write!(out, " --{name}: {};", to_hex(color));
    }
}

/// `#rrggbb`.
#[must_use]
pub fn to_hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Reads `#rrggbb`; `None` for anything else.
#[must_use]
pub fn from_hex(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some([byte(0)?, byte(2)?, byte(4)?])
}

/// Contrast of two colours: 1 (none) to 21 (WCAG 2.2).
#[must_use]
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance (WCAG 2.2).
fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.map(to_linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// sRGB byte to linear light, 0 to 1 (IEC 61966-2-1).
fn to_linear(byte: u8) -> f64 {
    let value = f64::from(byte) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Linear light to sRGB, unclamped.
fn from_linear(value: f64) -> f64 {
    if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
}

fn to_oklab(color: Rgb) -> [f64; 3] {
    let [red, green, blue] = color.map(to_linear);
    let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
    let medium = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
    let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
    [
        0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short,
        1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short,
        0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short,
    ]
}

/// The nearest colour of the same lightness and hue that a screen can show: its chroma is
/// lowered until it fits.
fn from_oklab([lightness, a, b]: [f64; 3]) -> Rgb {
    for n in 0..=100 {
        let chroma = 1.0 - f64::from(n) / 100.0;
        let (a, b) = (a * chroma, b * chroma);
        let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        let rgb = [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
        ]
        .map(from_linear);
        if n == 100 || rgb.iter().all(|value| (-0.001..=1.001).contains(value)) {
            // In range by the clamp.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            return rgb.map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8);
        }
    }
    unreachable!("the last round returns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_of_known_pairs() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.001);
        assert!((contrast([0x77; 3], [255; 3]) - 4.48).abs() < 0.01);
    }

    #[test]
    fn p22_every_colour_becomes_readable() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    for scheme in [Scheme::Light, Scheme::Dark] {
                        let accent = [red as u8, green as u8, blue as u8];
                        let palette = palette(accent, scheme);
                        assert!(readable(&palette, scheme), "{accent:?} {scheme:?} {palette:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn readable_colours_stay() {
        assert_eq!(palette(ACCENT_DEFAULT, Scheme::Light).accent, ACCENT_DEFAULT);
        assert_eq!(palette([0x8a, 0x1c, 0x4a], Scheme::Light).accent, [0x8a, 0x1c, 0x4a]);
    }

    #[test]
    fn hue_is_kept() {
        let [_, a, b] = to_oklab([0xff, 0xd5, 0x00]);
        let [_, c, d] = to_oklab(palette([0xff, 0xd5, 0x00], Scheme::Light).accent);
        assert!((b.atan2(a) - d.atan2(c)).abs() < 0.06);
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(from_hex("#17615c"), Some(ACCENT_DEFAULT));
        assert_eq!(to_hex(ACCENT_DEFAULT), "#17615c");
        for bad in ["", "17615c", "#17615", "#17615cc", "#+7615c", "#1761é", "red;}"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn p22_stylesheet_overrides_the_accent_only() {
        let css = stylesheet([0xff, 0x00, 0x80]);
        assert_eq!(css.matches("--accent").count(), 8);
        assert_eq!(css.matches("--").count(), 8);
    }
}
