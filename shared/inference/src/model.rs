//! A model, ready to run.

use crate::card::{Dimension, Element, ModelCard, Port};
use crate::error::ModelError;
use crate::fit;
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use tract_onnx::prelude::*;

/// A file larger than this is none of our models: 1 GB.
const LARGEST: u64 = 1 << 30;

/// Numbers for an input.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'a> {
    /// Floats.
    F32(&'a [f32]),
    /// Integers.
    I64(&'a [i64]),
}

/// One input of a run.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its length along each axis.
    pub shape: &'a [usize],
    /// Its numbers, the last axis running fastest.
    pub numbers: Numbers<'a>,
}

/// A model that fits its card.
#[derive(Clone)]
pub struct Model {
    card: ModelCard,
    id: String,
    plan: Arc<TypedSimplePlan>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("id", &self.id).finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl Model {
    /// Takes a model and its card. `path` is what messages call it.
    ///
    /// # Errors
    /// [`ModelError`], which says what is wrong or what differs.
    pub fn new(card: &str, onnx: &[u8], path: &Path) -> Result<Self, ModelError> {
        let owned = || path.to_owned();
        let card = ModelCard::parse(card, &path.with_extension("toml"))?;
        let found = hex(&Sha256::digest(onnx));
        if !found.eq_ignore_ascii_case(&card.sha256) {
            return Err(ModelError::OtherFile { path: owned(), expected: card.sha256, found });
        }
        for port in card.inputs.iter().chain(&card.outputs) {
            let length = port.shape.last();
            if !port.columns.is_empty() && length != Some(&Dimension::Fixed(port.columns.len())) {
                let differences = format!("the card's {port} has {} named columns", port.columns.len());
                return Err(ModelError::Misfit { path: owned(), differences });
            }
        }
        // The loader has broken on strangers' files before; a stranger's file must not break us.
        let loaded = catch_unwind(AssertUnwindSafe(|| load(onnx))).unwrap_or_else(|_| Err("the loader broke on it".into()));
        let (plan, inputs, outputs) = loaded.map_err(|reason| ModelError::Broken { path: owned(), reason })?;
        let differences: Vec<String> =
            [fit::differences("input", &inputs, &card.inputs), fit::differences("output", &outputs, &card.outputs)]
                .into_iter()
                .flatten()
                .collect();
        if !differences.is_empty() {
            return Err(ModelError::Misfit { path: owned(), differences: differences.join("; ") });
        }
        let id = format!("{} {}", card.name, &found[..12]);
        Ok(Self { card, id, plan })
    }

    /// Reads a model from a file whose card lies beside it, under the same name with the extension `toml`.
    ///
    /// # Errors
    /// [`ModelError`], which says what is wrong or what differs.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let card_path = path.with_extension("toml");
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| ModelError::Io { path, source }
        };
        if std::fs::metadata(path).map_err(io(path))?.len() > LARGEST {
            return Err(ModelError::Broken { path: path.to_owned(), reason: "it is larger than 1 GB".into() });
        }
        let card = std::fs::read_to_string(&card_path).map_err(io(&card_path))?;
        let onnx = std::fs::read(path).map_err(io(path))?;
        Self::new(&card, &onnx, path)
    }

    /// Fails unless the card has the name, inputs and outputs of another one: then this model can stand in for that one. Of the named columns of an
    /// input it may want a part, in any order. Outputs that are `optional` it may lack, or have in another length.
    ///
    /// # Errors
    /// [`ModelError::Unsuitable`], which says what differs. `path` is what the message calls this model.
    pub fn stands_in_for(&self, other: &ModelCard, optional: &[&str], path: &Path) -> Result<(), ModelError> {
        let mut all = Vec::new();
        if self.card.name != other.name {
            all.push(format!("its card's name is '{}'", self.card.name));
        }
        let needed = |ports: &[Port]| -> Vec<Port> { ports.iter().filter(|p| !optional.contains(&p.name.as_str())).cloned().collect() };
        let (given, needed) = (needed(&self.card.outputs), needed(&other.outputs));
        match fit::differences("output", &given, &needed) {
            Some(differences) => all.push(differences),
            None => all.extend(given.iter().zip(&needed).filter_map(|(a, b)| fit::columns(a, &b.columns))),
        }
        let wanted: Vec<Port> = self.card.inputs.iter().enumerate().map(|(i, ours)| fit::as_long_as(ours, other.inputs.get(i))).collect();
        match fit::differences("input", &wanted, &other.inputs) {
            Some(differences) => all.push(differences),
            None => all.extend(wanted.iter().zip(&other.inputs).filter_map(|(a, b)| fit::unknown(a, &b.columns))),
        }
        if all.is_empty() {
            return Ok(());
        }
        Err(ModelError::Unsuitable { path: path.to_owned(), wanted: other.name.clone(), differences: all.join("; ") })
    }

    /// What is said of it.
    #[must_use]
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Name and beginning of the hash: another file has another one.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Runs it. Gives the numbers of each output, the last axis running fastest.
    ///
    /// # Errors
    /// [`ModelError::Run`] where the inputs are not those of the card.
    pub fn run(&self, inputs: &[Input<'_>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let fail = |reason: String| ModelError::Run { model: self.id.clone(), reason };
        if inputs.len() != self.card.inputs.len() {
            return Err(fail(format!("{} inputs were given, {} are wanted", inputs.len(), self.card.inputs.len())));
        }
        let mut tensors: TVec<TValue> = TVec::new();
        for (input, port) in inputs.iter().zip(&self.card.inputs) {
            let fits = input.shape.len() == port.shape.len()
                && input.shape.iter().zip(&port.shape).all(|(n, dimension)| !matches!(dimension, Dimension::Fixed(m) if m != n));
            if !fits {
                return Err(fail(format!("{:?} was given for {port}", input.shape)));
            }
            let tensor = match (input.numbers, port.element) {
                (Numbers::F32(x), Element::F32) => Tensor::from_shape(input.shape, x),
                (Numbers::I64(x), Element::I64) => Tensor::from_shape(input.shape, x),
                _ => return Err(fail(format!("numbers of another kind were given for {port}"))),
            };
            tensors.push(tensor.map_err(|e| fail(e.to_string()))?.into_tvalue());
        }
        let outputs = self.plan.run(tensors).map_err(|e| fail(format!("{e:#}")))?;
        outputs.iter().map(|o| Ok(o.to_plain_array_view::<f32>().map_err(|e| fail(e.to_string()))?.iter().copied().collect())).collect()
    }
}

type Loaded = (Arc<TypedSimplePlan>, Vec<Port>, Vec<Port>);

fn load(onnx: &[u8]) -> Result<Loaded, String> {
    let words = |e: TractError| format!("{e:#}");
    let mut bytes = onnx;
    let model = tract_onnx::onnx().model_for_read(&mut bytes).map_err(words)?.into_optimized().map_err(words)?;
    let port = |outlet: OutletId| -> Result<Port, String> {
        let fact = model.outlet_fact(outlet).map_err(words)?;
        let name = model.outlet_label(outlet).map_or_else(|| model.node(outlet.node).name.clone(), ToOwned::to_owned);
        let element = match fact.datum_type {
            DatumType::F32 => Element::F32,
            DatumType::I64 => Element::I64,
            other => return Err(format!("{name} holds {other:?}; floats of 32 bits and integers of 64 can be used")),
        };
        let shape = fact
            .shape
            .iter()
            .map(|d| d.to_i64().map_or_else(|_| Dimension::Any(d.to_string()), |n| Dimension::Fixed(n.max(0) as usize)))
            .collect();
        Ok(Port { name, element, shape, unit: String::new(), columns: Vec::new() })
    };
    let ports = |outlets: &[OutletId]| outlets.iter().map(|o| port(*o)).collect::<Result<Vec<_>, _>>();
    let (inputs, outputs) = (ports(model.input_outlets().map_err(words)?)?, ports(model.output_outlets().map_err(words)?)?);
    if outputs.iter().any(|o| o.element != Element::F32) {
        return Err("its outputs are not floats of 32 bits".into());
    }
    let plan = model.into_runnable().map_err(words)?;
    Ok((plan, inputs, outputs))
}
