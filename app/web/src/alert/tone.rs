//! The sounds, made from nothing: no file, no licence, nothing to load when somebody waits.

/// Seconds from one ringing to the next.
pub const ROUND_S: f32 = 5.0;
/// Loudest sample.
const PEAK: f32 = 0.9;
/// Seconds in which a strike swells, so that it does not click.
const SWELL_S: f32 = 0.004;

/// A sound that can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Two strikes of a bell.
    #[default]
    Bell,
    /// A door's two tones.
    Chime,
    /// Three knocks.
    Knock,
}

/// A strike: when, how high, and how much of it is left after a tenth of a second.
struct Strike {
    at_s: f32,
    hertz: f32,
    left: f32,
}

/// What sounds along with a tone: its multiple and how loud that is.
type Partials = &'static [(f32, f32)];

const METAL: Partials = &[(1.0, 1.0), (2.0, 0.5), (2.76, 0.3), (5.4, 0.12)];
const SOFT: Partials = &[(1.0, 1.0), (2.0, 0.25), (3.0, 0.1)];
const WOOD: Partials = &[(1.0, 1.0), (1.58, 0.6), (2.24, 0.3)];

impl Tone {
    /// Those that can be chosen.
    pub const ALL: [Self; 3] = [Self::Bell, Self::Chime, Self::Knock];

    const fn partials(self) -> Partials {
        match self {
            Self::Bell => METAL,
            Self::Chime => SOFT,
            Self::Knock => WOOD,
        }
    }

    /// One round of the ringing of a request, the silence after it included.
    #[must_use]
    pub fn request(self, samples_per_s: f32) -> Vec<f32> {
        let strike = |at_s, hertz, left| Strike { at_s, hertz, left };
        let strikes = match self {
            Self::Bell => vec![strike(0.0, 880.0, 0.75), strike(0.4, 880.0, 0.8)],
            Self::Chime => vec![strike(0.0, 659.26, 0.75), strike(0.4, 523.25, 0.8)],
            Self::Knock => vec![strike(0.0, 294.0, 0.2), strike(0.2, 294.0, 0.2), strike(0.4, 330.0, 0.25)],
        };
        sound(&strikes, self.partials(), samples_per_s, ROUND_S, PEAK)
    }

    /// One short sound: an answer has come.
    #[must_use]
    pub fn answer(self, samples_per_s: f32) -> Vec<f32> {
        let (hertz, left) = match self {
            Self::Bell => (1318.5, 0.55),
            Self::Chime => (784.0, 0.6),
            Self::Knock => (440.0, 0.25),
        };
        sound(&[Strike { at_s: 0.0, hertz, left }], self.partials(), samples_per_s, 0.7, PEAK * 0.6)
    }
}

fn sound(strikes: &[Strike], partials: Partials, samples_per_s: f32, length_s: f32, peak: f32) -> Vec<f32> {
    // Small and not negative, whatever a browser says its rate is.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = (samples_per_s.clamp(8000.0, 192_000.0) * length_s) as usize;
    let mut samples = vec![0.0_f32; count];
    for (number, sample) in samples.iter_mut().enumerate() {
        // Exact: far below 2^24.
        #[allow(clippy::cast_precision_loss)]
        let time_s = number as f32 / samples_per_s;
        for strike in strikes {
            let since_s = time_s - strike.at_s;
            // After two seconds nothing of it can be heard.
            if (0.0..2.0).contains(&since_s) {
                let loudness = (since_s / SWELL_S).min(1.0) * strike.left.powf(since_s * 10.0);
                let wave: f32 = partials
                    .iter()
                    .map(|(multiple, share)| {
                        share * (core::f32::consts::TAU * strike.hertz * multiple * since_s).sin()
                    })
                    .sum();
                *sample += wave * loudness;
            }
        }
    }
    // It ends in silence, so that a loop does not click.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let end = ((samples_per_s * 0.02) as usize).clamp(1, count.max(1));
    let from = count.saturating_sub(end);
    for (number, sample) in samples[from..].iter_mut().enumerate() {
        #[allow(clippy::cast_precision_loss)]
        let left = 1.0 - number as f32 / end as f32;
        *sample *= left;
    }
    let loudest = samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    if loudest > 0.0 {
        samples.iter_mut().for_each(|sample| *sample *= peak / loudest);
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;

    fn loudness(samples: &[f32]) -> f32 {
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn each_sound_can_be_heard_never_clips_and_loops_without_a_click() {
        for tone in Tone::ALL {
            for samples in [tone.request(RATE), tone.answer(RATE)] {
                assert!(samples.iter().all(|sample| sample.abs() <= PEAK + 1e-3), "{tone:?} clips");
                assert!(loudness(&samples[..RATE as usize / 2]) > 0.02, "{tone:?} can't be heard");
                let (first, last) = (samples[0], samples[samples.len() - 1]);
                assert!((first - last).abs() < 0.01, "{tone:?} clicks: {first} {last}");
                let steepest = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
                assert!(steepest < 0.9, "{tone:?} jumps by {steepest}");
            }
        }
    }

    #[test]
    fn a_round_rings_and_then_is_still() {
        for tone in Tone::ALL {
            let round = tone.request(RATE);
            assert_eq!(round.len(), (ROUND_S * RATE) as usize);
            assert!(loudness(&round[3 * RATE as usize..]) < 0.001, "{tone:?}");
        }
    }

    #[test]
    fn no_two_sounds_are_the_same() {
        let all: Vec<Vec<f32>> =
            Tone::ALL.iter().flat_map(|tone| [tone.request(RATE), tone.answer(RATE)]).collect();
        for (number, one) in all.iter().enumerate() {
            assert!(all[number + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn odd_rates_make_no_harm() {
        for rate in [0.0, 1.0, 1e9, f32::NAN] {
            assert!(Tone::Bell.answer(rate).len() <= 192_000);
        }
    }
}
