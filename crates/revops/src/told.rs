//! What the `Debug` of a builder tells: the names of what is set in it, and no value, as that may be somebody's.

use serde_json::{Map, Value};

/// Whether something is set in a builder.
pub(crate) trait IsSet {
    fn is_set(&self) -> bool;
}

impl IsSet for String {
    fn is_set(&self) -> bool {
        true
    }
}

impl<T> IsSet for Option<T> {
    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl IsSet for Map<String, Value> {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

/// The `Debug` of a builder with these members, told as that of a generated one.
macro_rules! names {
    ($Builder:ident { $($member:ident),+ }) => {
        impl std::fmt::Debug for $Builder {
            /// The names of what is set, and no value.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let set = [$((stringify!($member), crate::told::IsSet::is_set(&self.$member))),+];
                revops_runtime::generated::names_of(f, stringify!($Builder), &set)
            }
        }
    };
}

pub(crate) use names;
