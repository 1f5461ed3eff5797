//! Whether what is found is what a card says.

use crate::card::{Dimension, Port};

/// What differs between the ports that are found and those that are expected, in words; `None` where nothing does. Names of free lengths may differ.
pub(crate) fn differences(kind: &str, found: &[Port], expected: &[Port]) -> Option<String> {
    let mut all = Vec::new();
    if found.len() != expected.len() {
        all.push(format!("it has {} {kind}s, not {}", found.len(), expected.len()));
    }
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let is_same_length = |(a, b): (&Dimension, &Dimension)| match (a, b) {
            (Dimension::Fixed(a), Dimension::Fixed(b)) => a == b,
            (Dimension::Any(_), Dimension::Any(_)) => true,
            _ => false,
        };
        let is_same = found.name == expected.name
            && found.element == expected.element
            && found.shape.len() == expected.shape.len()
            && found.shape.iter().zip(&expected.shape).all(is_same_length);
        if !is_same {
            all.push(format!("{kind} {} is {found}, not {expected}", i + 1));
        }
    }
    (!all.is_empty()).then(|| all.join("; "))
}

/// What differs between the columns of a port and those that are wanted.
pub(crate) fn columns(port: &Port, wanted: &[String]) -> Option<String> {
    if port.columns == wanted {
        return None;
    }
    let missing: Vec<&str> = wanted.iter().filter(|c| !port.columns.contains(c)).map(String::as_str).collect();
    let unknown: Vec<&str> = port.columns.iter().filter(|c| !wanted.contains(c)).map(String::as_str).collect();
    let some = |names: &[&str]| {
        let shown = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        if names.len() > 5 { format!("{shown} and {} more", names.len() - 5) } else { shown }
    };
    Some(match (missing.is_empty(), unknown.is_empty()) {
        (true, true) => format!("the columns of '{}' are in another order", port.name),
        (false, true) => format!("'{}' has no {}", port.name, some(&missing)),
        (true, false) => format!("'{}' has {}, which is not known here", port.name, some(&unknown)),
        (false, false) => format!("'{}' has no {}, but {}", port.name, some(&missing), some(&unknown)),
    })
}

/// An input with the length of another one, where both name their columns: then a part of them will do.
pub(crate) fn as_long_as(ours: &Port, theirs: Option<&Port>) -> Port {
    let mut port = ours.clone();
    if let Some(theirs) = theirs
        && !ours.columns.is_empty()
        && !theirs.columns.is_empty()
        && let (Some(length), Some(other)) = (port.shape.last_mut(), theirs.shape.last())
    {
        *length = other.clone();
    }
    port
}

/// Columns that a port wants and that are not among those that there are.
pub(crate) fn unknown(port: &Port, there_are: &[String]) -> Option<String> {
    let is_known = port.columns.iter().all(|c| there_are.contains(c)) && port.columns.is_empty() == there_are.is_empty();
    if is_known { None } else { columns(port, there_are) }
}
