//! The tensors of a posterior.

use super::error::Part;
use super::header::elements;
use super::{Problem, ScaleMap};
use safetensors::Dtype;
use std::fmt;

/// The element type of a tensor in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
}

impl Precision {
    /// The library's element type.
    pub(super) const fn dtype(self) -> Dtype {
        match self {
            Self::F32 => Dtype::F32,
            Self::F64 => Dtype::F64,
        }
    }

    /// The distance of 1 from the next number, as an `f64`.
    pub(super) const fn epsilon(self) -> f64 {
        match self {
            Self::F32 => f32::EPSILON as f64,
            Self::F64 => f64::EPSILON,
        }
    }

    /// What a file of this type makes of a number.
    pub(super) const fn round(self, value: f64) -> f64 {
        match self {
            Self::F32 => value as f32 as f64,
            Self::F64 => value,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::F32 => "F32",
            Self::F64 => "F64",
        })
    }
}

/// A tensor of independent normal variables: a mean and a standard deviation σ for each entry.
///
/// Every mean is finite, every σ positive and finite, and there are as many of each as the shape has entries (row-major):
/// a value of this type cannot be otherwise. It is not changed in place but replaced, see [`TensorPair::with_values`].
/// Pairs are equal if names, shapes, values and element types are, wherever they come from.
#[derive(Debug, Clone)]
pub struct TensorPair {
    name: String,
    shape: Vec<usize>,
    mean: Vec<f64>,
    sigma: Vec<f64>,
    mean_precision: Precision,
    scale_precision: Precision,
    /// The scales ρ as they were read, to be written back bit for bit where σ has not changed; empty for a new pair.
    stored_scale: Vec<f64>,
    /// The names of mean and scale in the file, where it was read from one.
    stored_names: Option<(String, String)>,
}

impl TensorPair {
    /// A new pair.
    ///
    /// `mean` and `sigma` are row-major; `precision` is the element type that both get in a file.
    ///
    /// # Errors
    ///
    /// [`Problem::NoElements`], [`Problem::ShapeTooLarge`], [`Problem::WrongLength`] if shape and values do not fit;
    /// [`Problem::NotFinite`], [`Problem::BadSigma`] for a mean that is not finite or a σ outside `0 < σ < ∞`.
    pub fn new(
        name: impl Into<String>,
        shape: Vec<usize>,
        mean: Vec<f64>,
        sigma: Vec<f64>,
        precision: Precision,
    ) -> Result<Self, Problem> {
        let pair = Self {
            name: name.into(),
            shape,
            mean,
            sigma,
            mean_precision: precision,
            scale_precision: precision,
            stored_scale: Vec::new(),
            stored_names: None,
        };
        pair.checked()
    }

    /// This pair with other values; name, shape and element types stay.
    ///
    /// Where a σ is the one that was read, a file gets the very bits that it was read from.
    ///
    /// ```
    /// use equibayes::checkpoint::{Precision, Problem, TensorPair};
    ///
    /// let pair = TensorPair::new("w", vec![2], vec![1.0, 2.0], vec![0.1, 0.2], Precision::F32)?;
    /// let moved = pair.with_values(vec![2.0, 1.0], vec![0.2, 0.1])?;
    /// assert_eq!((moved.name(), moved.mean()), ("w", [2.0, 1.0].as_slice()));
    /// let error = pair.with_values(vec![2.0, 1.0], vec![0.2, 0.0]).unwrap_err();
    /// assert!(matches!(error, Problem::BadSigma { .. }));
    /// # Ok::<(), Problem>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Problem::WrongLength`], [`Problem::NotFinite`], [`Problem::BadSigma`].
    pub fn with_values(&self, mean: Vec<f64>, sigma: Vec<f64>) -> Result<Self, Problem> {
        self.with_shape(self.shape.clone(), mean, sigma)
    }

    /// This pair with another shape and other values, row-major; name and element types stay. A shape that is not
    /// the old one has other entries in the old places, so no scale is written by the bits it was read from: equal
    /// scales of the result are equal in its file.
    ///
    /// # Errors
    ///
    /// As [`TensorPair::new`].
    pub fn with_shape(
        &self,
        shape: Vec<usize>,
        mean: Vec<f64>,
        sigma: Vec<f64>,
    ) -> Result<Self, Problem> {
        let same = shape == self.shape;
        let pair = Self {
            name: self.name.clone(),
            shape,
            mean,
            sigma,
            mean_precision: self.mean_precision,
            scale_precision: self.scale_precision,
            stored_scale: if same { self.stored_scale.clone() } else { Vec::new() },
            stored_names: self.stored_names.clone(),
        };
        pair.checked()
    }

    /// A pair as a file has it, its values already checked: `stored_scale` are the numbers ρ read, `sigma` what they stand for.
    pub(super) fn from_file(
        name: String,
        shape: Vec<usize>,
        (mean, mean_precision): (Vec<f64>, Precision),
        (stored_scale, scale_precision): (Vec<f64>, Precision),
        sigma: Vec<f64>,
    ) -> Self {
        Self {
            name,
            shape,
            mean,
            sigma,
            mean_precision,
            scale_precision,
            stored_scale,
            stored_names: None,
        }
    }

    /// This pair as one that a file has under these names.
    pub(super) fn stored_as(self, mean: &str, scale: &str) -> Self {
        Self { stored_names: Some((mean.to_owned(), scale.to_owned())), ..self }
    }

    /// The names of mean and scale in the file that it was read from.
    pub(super) fn stored_names(&self) -> Option<&(String, String)> {
        self.stored_names.as_ref()
    }

    fn checked(self) -> Result<Self, Problem> {
        let expected = element_count(&self.name, &self.shape)?;
        for (part, values) in [(Part::Mean, &self.mean), (Part::Scale, &self.sigma)] {
            if values.len() != expected {
                let (tensor, shape) = (self.name.clone(), self.shape.clone());
                return Err(Problem::WrongLength {
                    tensor,
                    part,
                    found: values.len(),
                    expected,
                    shape,
                });
            }
            check_finite(&self.name, &self.shape, part, values)?;
        }
        check_sigma(&self.name, &self.shape, &self.sigma, &self.sigma)?;
        Ok(self)
    }

    /// The name without the endings of mean and scale, e.g. `conv_layers.0.weight`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The lengths of the axes, outermost first; empty for a single number.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The means, row-major.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The standard deviations, row-major.
    #[must_use]
    pub fn sigma(&self) -> &[f64] {
        &self.sigma
    }

    /// The element type of the mean tensor in a file.
    #[must_use]
    pub fn mean_precision(&self) -> Precision {
        self.mean_precision
    }

    /// The element type of the scale tensor in a file.
    #[must_use]
    pub fn scale_precision(&self) -> Precision {
        self.scale_precision
    }

    /// The scale ρ that entry `i` was read from, if its σ under `map` is still the same to the bit.
    pub(super) fn unchanged_scale(&self, i: usize, sigma: f64, map: ScaleMap) -> Option<f64> {
        let rho = *self.stored_scale.get(i)?;
        (map.to_sigma(rho).to_bits() == sigma.to_bits()).then_some(rho)
    }
}

impl PartialEq for TensorPair {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.shape == other.shape
            && self.mean == other.mean
            && self.sigma == other.sigma
            && self.mean_precision == other.mean_precision
            && self.scale_precision == other.scale_precision
    }
}

/// A tensor of a file that belongs to no pair. It is kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherTensor {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    pub(super) bytes: Vec<u8>,
}

impl OtherTensor {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its element type as safetensors writes it, e.g. `I64`.
    #[must_use]
    pub fn dtype(&self) -> String {
        self.dtype.to_string()
    }

    /// The lengths of its axes, outermost first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its elements, row-major and little-endian.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The number of elements of a pair's tensor, which must have some.
pub(super) fn element_count(tensor: &str, shape: &[usize]) -> Result<usize, Problem> {
    match elements(shape) {
        Some(0) => Err(Problem::NoElements { tensor: tensor.to_owned(), shape: shape.to_vec() }),
        Some(count) => Ok(count),
        None => Err(Problem::ShapeTooLarge { tensor: tensor.to_owned(), shape: shape.to_vec() }),
    }
}

pub(super) fn check_finite(
    tensor: &str,
    shape: &[usize],
    part: Part,
    values: &[f64],
) -> Result<(), Problem> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((flat, &value)) => Err(Problem::NotFinite {
            tensor: tensor.to_owned(),
            part,
            index: index(flat, shape),
            value,
        }),
        None => Ok(()),
    }
}

/// Every σ is positive and finite; `stored` are the scales that made them.
pub(super) fn check_sigma(
    tensor: &str,
    shape: &[usize],
    stored: &[f64],
    sigma: &[f64],
) -> Result<(), Problem> {
    let bad = stored
        .iter()
        .zip(sigma)
        .enumerate()
        .find(|(_, (_, sigma))| !(**sigma > 0.0 && sigma.is_finite()));
    match bad {
        Some((flat, (&value, &sigma))) => Err(Problem::BadSigma {
            tensor: tensor.to_owned(),
            index: index(flat, shape),
            value,
            sigma,
        }),
        None => Ok(()),
    }
}

/// The index along each axis of entry `flat` of a row-major tensor without empty axes.
pub(super) fn index(flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut rest = flat;
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&length| {
            let length = length.max(1);
            let along = rest % length;
            rest /= length;
            along
        })
        .collect();
    index.reverse();
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(shape: &[usize], mean: &[f64], sigma: &[f64]) -> Result<TensorPair, String> {
        TensorPair::new("w", shape.to_vec(), mean.to_vec(), sigma.to_vec(), Precision::F64)
            .map_err(|p| p.to_string())
    }

    #[test]
    fn indices_are_row_major() {
        assert_eq!(index(0, &[]), [0; 0]);
        assert_eq!(index(23, &[2, 3, 4]), [1, 2, 3]);
        assert_eq!(index(7, &[2, 3, 4]), [0, 1, 3]);
    }

    #[test]
    fn a_pair_that_does_not_fit_its_shape_is_refused() {
        assert_eq!(pair(&[], &[1.0], &[1.0]).unwrap().shape(), [0; 0]);
        assert_eq!(
            pair(&[2], &[1.0], &[1.0; 2]).unwrap_err(),
            r#"mean of "w" has 1 values, expected 2 for shape [2]"#
        );
        assert_eq!(
            pair(&[2], &[1.0; 2], &[1.0; 3]).unwrap_err(),
            r#"scale of "w" has 3 values, expected 2 for shape [2]"#
        );
        assert_eq!(
            pair(&[0, 2], &[], &[]).unwrap_err(),
            r#"tensor "w" has shape [0, 2], expected at least one element"#
        );
        assert!(pair(&[usize::MAX, 2], &[], &[]).unwrap_err().contains("too large to count"));
    }

    #[test]
    fn another_shape_keeps_name_and_element_types() {
        let scale = (vec![-1.0; 2], Precision::F64);
        let sigma = vec![ScaleMap::Softplus.to_sigma(-1.0); 2];
        let pair = TensorPair::from_file(
            "w".into(),
            vec![2],
            (vec![0.0; 2], Precision::F32),
            scale,
            sigma,
        );
        let larger = pair.with_shape(vec![2, 2], vec![1.0; 4], vec![2.0; 4]).unwrap();
        assert_eq!(
            (larger.name(), larger.shape(), larger.sigma()),
            ("w", [2, 2].as_slice(), [2.0; 4].as_slice())
        );
        assert_eq!(
            (larger.mean_precision(), larger.scale_precision()),
            (Precision::F32, Precision::F64)
        );
        assert!(pair.with_shape(vec![2, 2], vec![1.0; 2], vec![2.0; 2]).is_err());
    }

    #[test]
    fn values_that_are_no_normal_distribution_are_refused() {
        let good = pair(&[1, 2], &[0.0, 1.0], &[1.0, 2.0]).unwrap();
        let refused = |mean: [f64; 2], sigma: [f64; 2]| {
            good.with_values(mean.into(), sigma.into()).unwrap_err().to_string()
        };
        assert_eq!(
            refused([0.0, f64::NAN], [1.0; 2]),
            r#"mean of "w" is NaN at [0, 1], expected a finite number"#
        );
        assert_eq!(
            refused([0.0; 2], [f64::INFINITY, 1.0]),
            r#"scale of "w" is inf at [0, 0], expected a finite number"#
        );
        assert_eq!(
            refused([0.0; 2], [1.0, -0.5]),
            r#"scale of "w" is -0.5 at [0, 1], which makes σ = -0.5, expected 0 < σ < ∞"#
        );
        assert_eq!(
            refused([0.0; 2], [0.0, 1.0]),
            r#"scale of "w" is 0.0 at [0, 0], which makes σ = 0.0, expected 0 < σ < ∞"#
        );
    }
}
