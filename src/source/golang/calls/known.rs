//! What is known of Windows functions and interfaces without their headers.

/// Functions that take a float where Go code passes integers on its way there, with the positions of those
/// parameters. All take a `double`, which `DATE` is too. From oleauto.h of the Windows SDK.
const FLOAT_PARAMETERS: &[(&str, &[usize])] = &[
    ("VariantTimeToSystemTime", &[0]),
    ("VariantTimeToDosDateTime", &[0]),
    ("VarUdateFromDate", &[0]),
    ("VarBstrFromDate", &[0]),
    ("VarBstrFromR8", &[0]),
    ("VarI4FromR8", &[0]),
    ("VarI8FromR8", &[0]),
    ("VarDateFromR8", &[0]),
];

/// Functions and methods that take whatever bits their caller puts into an integer, in lower case: messages
/// and their like, and the states of Direct3D 9, whose `DWORD` is a float for some of them.
const CARRIERS: &[&str] = &[
    "sendmessage",
    "sendmessagetimeout",
    "sendmessagecallback",
    "sendnotifymessage",
    "senddlgitemmessage",
    "postmessage",
    "postthreadmessage",
    "postqueuedcompletionstatus",
    "queueuserapc",
    "setwindowlong",
    "setwindowlongptr",
    "setclasslongptr",
    "setprop",
    "tlssetvalue",
    "flssetvalue",
    "setrenderstate",
    "setsamplerstate",
    "settexturestagestate",
];

/// Methods of `ICoreWebView2Controller` that take a `RECT` by value as their first parameter, in lower case
/// and without `_`. From WebView2.h.
const RECT_METHODS: &[&str] = &["putbounds", "setboundsandzoomfactor"];

/// Types of other packages that stand for a structure of Windows, with their size in bytes; the names in
/// lower case. None has a float.
const FOREIGN_STRUCTS: &[(&str, u64)] =
    &[("guid", 16), ("iid", 16), ("clsid", 16), ("rect", 16), ("trect", 16), ("systemtime", 16)];

/// The words for the prefilter.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    FLOAT_PARAMETERS.iter().map(|(name, _)| *name)
}

/// The positions of the parameters of a function that are floats.
pub(super) fn float_parameters(function: &str) -> &'static [usize] {
    let found = FLOAT_PARAMETERS.iter().find(|(name, _)| *name == function);
    found.map(|(_, positions)| *positions).unwrap_or_default()
}

/// Whether the bits of a float may pass through a function as an integer, to be a float again elsewhere. The
/// name may be that of a variable, such as `procSendMessageW`.
pub(super) fn carries_bits(function: &str) -> bool {
    let plain = function.replace('_', "").to_ascii_lowercase();
    let plain = plain.strip_suffix(['a', 'w']).unwrap_or(&plain);
    CARRIERS.iter().any(|carrier| plain.ends_with(carrier))
}

/// Whether a method takes a `RECT` by value behind `this`.
pub(super) fn takes_rect(method: &str) -> bool {
    let plain = method.replace('_', "").to_ascii_lowercase();
    RECT_METHODS.contains(&plain.as_str())
}

/// The size of a struct of another package, by its name.
pub(super) fn foreign_struct(name: &str) -> Option<u64> {
    let plain = name.to_ascii_lowercase();
    FOREIGN_STRUCTS.iter().find(|(known, _)| *known == plain).map(|(_, size)| *size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_windows_and_variables_have_them() {
        for name in ["SendMessageW", "procPostMessage", "_SetWindowLongPtrA", "SetRenderState"] {
            assert!(carries_bits(name), "{name}");
        }
        for name in ["SetProperty", "SetRenderStateFloat", "glClearColor", ""] {
            assert!(!carries_bits(name), "{name}");
        }
        assert!(takes_rect("put_Bounds") && takes_rect("PutBounds") && !takes_rect("GetBounds"));
        assert_eq!(float_parameters("VariantTimeToSystemTime"), [0]);
        assert_eq!(foreign_struct("GUID"), Some(16));
    }
}
