//! The form of the shell, which is there before this code is: what was typed into it goes on in the form of the pages.

use super::Form;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What stands in the shell's form, by name; nothing once it was taken over.
    #[wasm_bindgen(js_namespace = beistand, js_name = early)]
    fn boot_early(what: &str) -> Option<String>;
}

/// What somebody has typed into the shell's form.
#[derive(Clone)]
pub(super) struct Typed {
    form: Form,
    /// The name.
    pub(super) name: String,
    /// Names to choose from.
    pub(super) names: Vec<String>,
    /// The password.
    pub(super) password: String,
    /// Whether the password is shown as text.
    pub(super) shown: bool,
    /// Whether the button was pressed.
    pub(super) pressed: bool,
}

/// The shell's form. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub(super) struct Early(StoredValue<Option<Typed>>);

impl Early {
    /// Nothing read yet.
    pub(super) fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The form that stands in the shell; `None` if none does.
    pub(super) fn form() -> Option<Form> {
        boot_early("form").map(|form| Form::named(Some(&form)))
    }

    /// Whether the shell still shows something.
    pub(super) fn stands() -> bool {
        document().get_element_by_id("loading").is_some()
    }

    /// Reads what stands in the shell's form; which one it is, as long as it is there.
    pub(super) fn read(self) -> Option<Form> {
        let form = Self::form()?;
        let text = |what: &str| boot_early(what).unwrap_or_default();
        self.0.set_value(Some(Typed {
            form,
            name: text("name"),
            names: text("names").lines().map(str::to_owned).collect(),
            password: text("password"),
            shown: boot_early("shown").is_some(),
            pressed: boot_early("pressed").is_some(),
        }));
        Some(form)
    }

    /// What was typed into this form; once.
    pub(super) fn take(self, form: Form) -> Option<Typed> {
        self.0.try_update_value(|typed| typed.take_if(|typed| typed.form == form)).flatten()
    }
}
