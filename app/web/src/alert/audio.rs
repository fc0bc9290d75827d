//! The way to the loudspeaker, and whether it is open: a browser may refuse sound until somebody has pressed
//! something, and a page that does not notice is a bell that does not ring.

use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type AudioContext;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<AudioContext, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn state(this: &AudioContext) -> String;
    #[wasm_bindgen(method, catch)]
    fn resume(this: &AudioContext) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &AudioContext) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn destination(this: &AudioContext) -> AudioNode;
    #[wasm_bindgen(method, getter, js_name = sampleRate)]
    fn sample_rate(this: &AudioContext) -> f32;
    #[wasm_bindgen(method, setter, js_name = onstatechange)]
    fn set_onstatechange(this: &AudioContext, handler: Option<&js_sys::Function>);
    #[wasm_bindgen(method, catch, js_name = createBuffer)]
    fn create_buffer(
        this: &AudioContext,
        channels: u32,
        length: u32,
        samples_per_s: f32,
    ) -> Result<AudioBuffer, JsValue>;
    #[wasm_bindgen(method, js_name = createBufferSource)]
    fn create_buffer_source(this: &AudioContext) -> AudioBufferSourceNode;
    #[wasm_bindgen(method, js_name = createGain)]
    fn create_gain(this: &AudioContext) -> GainNode;
    #[wasm_bindgen(method, js_name = createAnalyser)]
    fn create_analyser(this: &AudioContext) -> AnalyserNode;

    type AudioNode;
    #[wasm_bindgen(method, catch)]
    fn connect(this: &AudioNode, to: &AudioNode) -> Result<AudioNode, JsValue>;

    type AudioBuffer;
    #[wasm_bindgen(method, catch, js_name = copyToChannel)]
    fn copy_to_channel(this: &AudioBuffer, samples: &[f32], channel: u32) -> Result<(), JsValue>;

    #[wasm_bindgen(extends = AudioNode)]
    type AudioBufferSourceNode;
    #[wasm_bindgen(method, setter)]
    fn set_buffer(this: &AudioBufferSourceNode, buffer: &AudioBuffer);
    #[wasm_bindgen(method, setter, js_name = loop)]
    fn set_loop(this: &AudioBufferSourceNode, looping: bool);
    #[wasm_bindgen(method, catch)]
    fn start(this: &AudioBufferSourceNode) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn stop(this: &AudioBufferSourceNode) -> Result<(), JsValue>;

    #[wasm_bindgen(extends = AudioNode)]
    type GainNode;
    #[wasm_bindgen(method, getter)]
    fn gain(this: &GainNode) -> AudioParam;

    type AudioParam;
    #[wasm_bindgen(method, setter)]
    fn set_value(this: &AudioParam, value: f32);

    #[wasm_bindgen(extends = AudioNode)]
    type AnalyserNode;
    #[wasm_bindgen(method, js_name = getFloatTimeDomainData)]
    fn get_float_time_domain_data(this: &AnalyserNode, samples: &mut [f32]);
}

/// Samples that are looked at to see whether anything sounds.
const LOOK_SAMPLES: usize = 2048;

/// A loudspeaker.
pub struct Audio {
    context: AudioContext,
    gain: GainNode,
    analyser: AnalyserNode,
    /// What rings in a loop.
    ring: RefCell<Option<AudioBufferSourceNode>>,
    _changed: Closure<dyn FnMut()>,
}

impl Audio {
    /// Opens it; `changed` is called whenever the browser lets sound through or no longer. `None`: there is none.
    pub fn open(changed: impl FnMut() + 'static) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let (gain, analyser) = (context.create_gain(), context.create_analyser());
        gain.connect(&analyser).ok()?;
        analyser.connect(&context.destination()).ok()?;
        let changed = Closure::<dyn FnMut()>::new(changed);
        context.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
        let audio = Self { context, gain, analyser, ring: RefCell::new(None), _changed: changed };
        audio.wake();
        Some(audio)
    }

    /// Asks the browser to let sound through. The answer is a change of [`Self::runs`].
    pub fn wake(&self) {
        // The promise stays open until somebody presses something; the state tells it sooner.
        if let Ok(promise) = self.context.resume() {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
            });
        }
    }

    /// Whether the browser lets sound through.
    pub fn runs(&self) -> bool {
        self.context.state() == "running"
    }

    /// Samples a second.
    pub fn samples_per_s(&self) -> f32 {
        self.context.sample_rate()
    }

    /// How loud, in percent; half of it sounds half as loud.
    pub fn set_volume(&self, percent: u8) {
        let share = f32::from(percent.min(100)) / 100.0;
        self.gain.gain().set_value(share * share);
    }

    /// Plays something once.
    pub fn play(&self, samples: &[f32]) -> bool {
        self.source(samples, false).is_some()
    }

    /// Rings until [`Self::hush`].
    pub fn ring(&self, samples: &[f32]) {
        let mut ring = self.ring.borrow_mut();
        if ring.is_none() {
            *ring = self.source(samples, true);
        }
    }

    /// Rings no more.
    pub fn hush(&self) {
        if let Some(source) = self.ring.borrow_mut().take() {
            let _ = source.stop();
        }
    }

    /// The loudest of the newest samples that went out.
    pub fn loudest(&self) -> f32 {
        let mut samples = vec![0.0; LOOK_SAMPLES];
        self.analyser.get_float_time_domain_data(&mut samples);
        samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()))
    }

    fn source(&self, samples: &[f32], looping: bool) -> Option<AudioBufferSourceNode> {
        let length = u32::try_from(samples.len()).ok()?;
        let buffer = self.context.create_buffer(1, length, self.samples_per_s()).ok()?;
        buffer.copy_to_channel(samples, 0).ok()?;
        let source = self.context.create_buffer_source();
        source.set_buffer(&buffer);
        source.set_loop(looping);
        source.connect(&self.gain).ok()?;
        source.start().ok()?;
        Some(source)
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.context.set_onstatechange(None);
        self.hush();
        let _ = self.context.close();
    }
}
