//! The form in which settings are written down.

/// One key, for the reference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Setting {
    pub key: String,
    /// The default as TOML; empty where the key is unset by default.
    pub default: String,
    pub meaning: String,
}

/// Declares a section: a struct, its defaults, and its part of the reference, from one text.
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        $path:literal $name:ident {
            $( $(#[doc = $doc:literal])+ $key:ident : $type:ty = $default:expr, )*
        }
        $( nested { $( $inner:ident : $inner_type:ty, )* } )?
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $doc])+ pub $key: $type, )*
            $( $( pub $inner: $inner_type, )* )?
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $key: $default, )* $( $( $inner: Default::default(), )* )? }
            }
        }

        impl $name {
            pub(super) fn reference() -> Vec<$crate::config::Setting> {
                let default = Self::default();
                vec![$( $crate::config::Setting {
                    key: concat!($path, ".", stringify!($key)).to_owned(),
                    default: $crate::config::section::shown(&default.$key),
                    meaning: concat!($($doc),+).trim().to_owned(),
                } ),*]
            }
        }
    };
}
pub(super) use section;

/// A default as TOML. JSON's numbers, strings, booleans and lists are TOML's too.
pub(super) fn shown(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::Null) | Err(_) => String::new(),
        Ok(value) => value.to_string(),
    }
}
