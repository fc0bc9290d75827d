//! Values of any wire type out of bytes: a `Deserializer` that reads no format but makes choices.
//!
//! Every type that can be deserialised can thus be generated, also those that come later; nothing
//! has to be derived for it. Few bytes make small values, and no bytes at all make the smallest.

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor, value,
};

/// Elements that one value may have in all its sequences together: bounds memory and time.
const ELEMENTS_MAX: usize = 16 * 1024;
/// Lengths at which something begins or ends: keys, digests, signatures, X-Wing keys and boxes.
const TELLING_LENGTHS: [usize; 10] = [0, 1, 16, 24, 32, 64, 255, 1024, 1216, 1120];

/// Choices taken from bytes; when they run out every choice is the first one.
pub struct Choices<'a> {
    bytes: &'a [u8],
    elements: usize,
}

impl<'a> Choices<'a> {
    /// Choices as these bytes say.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, elements: 0 }
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// One of `count` (at least one).
    pub fn below(&mut self, count: usize) -> usize {
        let wide = if count > 256 { usize::from(self.byte()) << 8 } else { 0 };
        (wide | usize::from(self.byte())) % count.max(1)
    }

    /// What has not been used.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Small numbers, edges and anything between, of `bits` bits.
    fn number(&mut self, bits: u32) -> u64 {
        let edge = u64::MAX >> (64 - bits);
        match self.byte() {
            0 => edge,
            1 => edge >> 1,
            2 => (edge >> 1) + 1,
            small @ 3..128 => u64::from(small) - 3,
            _ => (0..bits / 8).fold(0, |number, _| number << 8 | u64::from(self.byte())),
        }
    }

    fn length(&mut self) -> Result<usize, value::Error> {
        let length = match self.byte() {
            small @ 0..192 => usize::from(small % 5),
            larger @ 192..224 => usize::from(larger) - 192,
            telling => TELLING_LENGTHS[usize::from(telling) % TELLING_LENGTHS.len()],
        };
        self.elements += length;
        if self.elements > ELEMENTS_MAX { Err(value::Error::custom("too large")) } else { Ok(length) }
    }

    fn characters(&mut self) -> Result<String, value::Error> {
        Ok((0..self.length()?)
            .map(|_| match self.byte() {
                plain @ 32..127 => char::from(plain),
                0..4 => '\u{202e}',
                4..8 => '\0',
                8..32 => 'ß',
                other => char::from_u32(u32::from(other) << 8 | u32::from(self.byte())).unwrap_or('\u{fffd}'),
            })
            .collect())
    }
}

/// A value of a type. `None` if the choices led to something that the type refuses.
pub fn generate<T: DeserializeOwned>(choices: &mut Choices<'_>) -> Option<T> {
    T::deserialize(choices).ok()
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.$visit(self.number(<$type>::BITS) as $type)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Choices<'_> {
    type Error = value::Error;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(value::Error::custom("a type that does not say what it is"))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_bool(self.byte() & 1 == 1)
    }

    // A byte is nearly always part of a key or an id: every value as likely.
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_u8(self.byte())
    }

    numbers!(
        deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64
    );

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_f32(f32::from_bits(self.number(32) as u32))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_f64(f64::from_bits(self.number(64)))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_char(char::from(self.byte()))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.characters()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_string(self.characters()?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let length = self.length()?;
        visitor.visit_byte_buf((0..length).map(|_| self.byte()).collect())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.byte() & 1 == 1 { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let left = self.length()?;
        visitor.visit_seq(Elements { choices: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(Elements { choices: self, left })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &str,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(Elements { choices: self, left })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let left = self.length()?;
        visitor.visit_map(Elements { choices: self, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(Elements { choices: self, left: fields.len() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let variant = self.below(variants.len()) as u32;
        visitor.visit_enum(Variant { choices: self, variant })
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.deserialize_u32(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }
}

struct Elements<'c, 'a> {
    choices: &'c mut Choices<'a>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = value::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.choices).map(Some)
    }
}

impl<'de> MapAccess<'de> for Elements<'_, '_> {
    type Error = value::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        seed.deserialize(&mut *self.choices)
    }
}

struct Variant<'c, 'a> {
    choices: &'c mut Choices<'a>,
    variant: u32,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = value::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
        let variant = seed.deserialize(IntoDeserializer::<value::Error>::into_deserializer(self.variant))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = value::Error;

    fn unit_variant(self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Self::Error> {
        seed.deserialize(self.choices)
    }

    fn tuple_variant<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(Elements { choices: self.choices, left })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(Elements { choices: self.choices, left: fields.len() })
    }
}
