//! The expansion of a layered network, as matrices.

use super::{BlockMap, Elements, ExpansionError};
use crate::group::Finite;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, ElementOf, PermutationRep, Representation, Tensor, Unsigned,
};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// A linear layer, `x ↦ Wx + b`; a posterior is two lists of them, of means and of scales.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<T: Scalar> {
    /// `W`, outputs × inputs.
    pub weight: DMatrix<T>,
    /// `b`, if there is one.
    pub bias: Option<DVector<T>>,
}

impl<T: Scalar> Layer<T> {
    /// `Wx + b`.
    ///
    /// # Panics
    /// If `x` is not as long as the weight has columns.
    pub fn apply(&self, x: &DVector<T>) -> DVector<T> {
        let product = &self.weight * x;
        match &self.bias {
            Some(bias) => product + bias,
            None => product,
        }
    }
}

/// What a network of these layers makes of an input, with a nonlinearity between them.
///
/// # Panics
/// If the shapes do not fit.
pub fn prediction<T: Scalar>(
    layers: &[Layer<T>],
    mut nonlinearity: impl FnMut(T) -> T,
    x: &[T],
) -> DVector<T> {
    let mut activation = DVector::from_column_slice(x);
    for (index, layer) in layers.iter().enumerate() {
        activation = layer.apply(&activation);
        if index + 1 < layers.len() {
            activation = activation.map(&mut nonlinearity);
        }
    }
    activation
}

/// The orbit expansion of networks with these spaces: inputs, hidden spaces, outputs, each with a representation
/// of one group.
///
/// Means move by the representations themselves. Scales of independent weights, where those are signed
/// permutations, move by the permutations without the signs: expand them with [`unsigned`](Self::unsigned).
///
/// # Examples
/// With the diagonal kernel the expanded network *is* the group average of the small one (claim S9), here in
/// exact arithmetic:
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::{Rational, Scalar};
/// use equibayes::symmetrize::expansion::{Arrangement, Layer, OrbitExpansion, prediction};
/// use nalgebra::DMatrix;
/// use num_traits::Zero;
///
/// let regular = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let expansion = OrbitExpansion::new(vec![regular.clone(), regular.clone(), regular])?;
/// let layer = |seed: i64| Layer {
///     weight: DMatrix::from_fn(3, 3, |i, j| Rational::ratio(seed + (5 * i + 3 * j) as i64 % 7, 4)),
///     bias: None,
/// };
/// let small = [layer(-3), layer(-2)];
/// let map = Arrangement::Diagonal.blocks(expansion.elements())?;
/// let wide = expansion.with_map(&small, &map, Rational::ratio(1, 1), Rational::zero())?;
///
/// let relu = |x: Rational| if x > Rational::zero() { x } else { Rational::zero() };
/// let x = [1, -2, 4].map(|x| Rational::ratio(x, 1));
/// let average = expansion.group_average(&x, |x| prediction(&small, relu, x));
/// assert_eq!(prediction(&wide, relu, &x), average);
/// assert_ne!(prediction(&small, relu, &x), average);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct OrbitExpansion<R: Representation> {
    elements: Elements,
    group: Vec<ElementOf<R>>,
    spaces: Vec<R>,
}

impl<R: Representation> OrbitExpansion<R>
where
    R::Group: Finite,
{
    /// The expansion of networks with these spaces.
    ///
    /// # Errors
    /// [`ExpansionError::LayerCount`] without a hidden space, [`ExpansionError::GroupTooLarge`],
    /// [`ExpansionError::Representation`] for representations of different groups.
    pub fn new(spaces: Vec<R>) -> Result<Self, ExpansionError> {
        let [first, _, _, ..] = spaces.as_slice() else {
            let (layers, spaces) = (spaces.len().saturating_sub(1), spaces.len());
            return Err(ExpansionError::LayerCount { layers, spaces });
        };
        for space in &spaces {
            crate::representation::same_group(first, space)?;
        }
        let elements = Elements::of(first.group())?;
        let group = first.group().elements().collect();
        Ok(Self { elements, group, spaces })
    }

    /// The elements of the group.
    pub fn elements(&self) -> &Elements {
        &self.elements
    }

    /// The spaces of the small network.
    pub fn spaces(&self) -> &[R] {
        &self.spaces
    }

    /// The expansion of the scales of independent weights: the same without signs.
    pub fn unsigned(&self) -> OrbitExpansion<Unsigned<R>>
    where
        R: ActsBySignedPermutations,
    {
        OrbitExpansion {
            elements: self.elements.clone(),
            group: self.group.clone(),
            spaces: self.spaces.iter().cloned().map(Unsigned::new).collect(),
        }
    }

    /// The expanded hidden space `R[G] ⊗ U_l`, block by block: coordinate `g · dim U_l + i`. Block `a` goes to `ha`
    /// and moves by `ρ_l(h)`.
    ///
    /// # Errors
    /// [`ExpansionError::Representation`] for dimensions that index maps cannot hold.
    ///
    /// # Panics
    /// If there is no such space.
    pub fn hidden_space(
        &self,
        space: usize,
    ) -> Result<Tensor<PermutationRep<R::Group>, R>, ExpansionError>
    where
        R::Group: Send + Sync + 'static,
    {
        let rep = &self.spaces[space];
        Ok(Tensor::new(PermutationRep::regular(rep.group())?, rep.clone())?)
    }

    /// `a·W = ρ_l(a) W ρ_{l−1}(a)⁻¹` for a map of this layer (from 0) and the element of this number.
    ///
    /// # Panics
    /// If there is no such layer or element, or the map is between other spaces.
    pub fn moved<T: Scalar>(&self, layer: usize, a: usize, map: &DMatrix<T>) -> DMatrix<T>
    where
        R: ActsOn<T>,
    {
        let (from, to) = (&self.spaces[layer], &self.spaces[layer + 1]);
        let mut moved = map.clone();
        for (mut out, column) in moved.column_iter_mut().zip(map.column_iter()) {
            to.act(&self.group[a], column.as_slice(), out.as_mut_slice());
        }
        // A row w becomes wρ(a)⁻¹, which is ρ(a⁻¹)ᵀ of it as a column.
        let rows = moved.transpose();
        let mut result = rows.clone();
        let inverse = &self.group[self.elements.inverse(a)];
        for (mut out, row) in result.column_iter_mut().zip(rows.column_iter()) {
            from.act_transposed(inverse, row.as_slice(), out.as_mut_slice());
        }
        result.transpose()
    }

    /// The expansion with any blocks in the hidden layers: `block(l, i, j)` for layer `l` (from 0; the first and
    /// the last are not asked for).
    ///
    /// Row `a` of the first layer is `a·W`; block `b` of the readout is `b·C / |G|`; hidden biases are `a·b`, that
    /// of the readout is averaged. Scale readouts and averages are those of means: `|G|⁻¹`.
    ///
    /// # Errors
    /// [`ExpansionError::LayerCount`], [`ExpansionError::Shape`].
    pub fn with_blocks<T: Scalar>(
        &self,
        layers: &[Layer<T>],
        mut block: impl FnMut(usize, usize, usize) -> DMatrix<T>,
    ) -> Result<Vec<Layer<T>>, ExpansionError>
    where
        R: ActsOn<T>,
    {
        self.check(layers)?;
        let order = self.elements.order();
        let share = T::ratio(1, order as i64);
        let last = layers.len() - 1;
        let mut expanded = Vec::with_capacity(layers.len());
        for (l, layer) in layers.iter().enumerate() {
            let (rows, columns) = layer.weight.shape();
            let blocks = (if l == last { 1 } else { order }, if l == 0 { 1 } else { order });
            let zero = T::zero();
            let mut weight = DMatrix::from_element(blocks.0 * rows, blocks.1 * columns, zero);
            for i in 0..blocks.0 {
                for j in 0..blocks.1 {
                    let part = if l == 0 {
                        self.moved(l, i, &layer.weight)
                    } else if l == last {
                        self.moved(l, j, &layer.weight) * share.clone()
                    } else {
                        block(l, i, j)
                    };
                    check_shape(l, "a block", part.shape(), (rows, columns))?;
                    weight.view_mut((i * rows, j * columns), (rows, columns)).copy_from(&part);
                }
            }
            let bias = layer.bias.as_ref().map(|bias| self.bias(l, bias, l == last));
            expanded.push(Layer { weight, bias });
        }
        Ok(expanded)
    }

    /// The expansion with a kernel in each hidden layer: block `(a, b)` is `a·K_l(a⁻¹b)`. Equivariant whatever the
    /// kernels (claim S8).
    ///
    /// # Errors
    /// As [`with_blocks`](Self::with_blocks).
    pub fn with_kernel<T: Scalar>(
        &self,
        layers: &[Layer<T>],
        mut kernel: impl FnMut(usize, usize) -> DMatrix<T>,
    ) -> Result<Vec<Layer<T>>, ExpansionError>
    where
        R: ActsOn<T>,
    {
        self.check(layers)?;
        let mut kernels = Vec::with_capacity(layers.len());
        for (l, layer) in layers.iter().enumerate() {
            let hidden = 0 < l && l + 1 < layers.len();
            let mut of_layer = Vec::new();
            for c in 0..if hidden { self.elements.order() } else { 0 } {
                let part = kernel(l, c);
                check_shape(l, "a kernel", part.shape(), layer.weight.shape())?;
                of_layer.push(part);
            }
            kernels.push(of_layer);
        }
        self.with_blocks(layers, |l, a, b| {
            let c = self.elements.product(self.elements.inverse(a), b);
            self.moved(l, a, &kernels[l][c])
        })
    }

    /// The expansion with the trained weight in every block that the map names an element for, moved by it and
    /// times `factor`, and `fill` in every entry of the other blocks.
    ///
    /// # Errors
    /// As [`with_blocks`](Self::with_blocks).
    ///
    /// # Panics
    /// If the map is that of a group of another order.
    pub fn with_map<T: Scalar>(
        &self,
        layers: &[Layer<T>],
        map: &BlockMap,
        factor: T,
        fill: T,
    ) -> Result<Vec<Layer<T>>, ExpansionError>
    where
        R: ActsOn<T>,
    {
        assert_eq!(map.order(), self.elements.order(), "a map of another group");
        self.with_blocks(layers, |l, i, j| {
            let weight = &layers[l].weight;
            match map.at(i, j) {
                Some(a) => self.moved(l, a, weight) * factor.clone(),
                None => DMatrix::from_element(weight.nrows(), weight.ncols(), fill.clone()),
            }
        })
    }

    /// `QΦ(x) = avg_a ρ_Y(a) Φ(ρ_X(a)⁻¹x)`.
    ///
    /// # Panics
    /// If `x` or what the function returns is not of the dimension of its space.
    pub fn group_average<T: Scalar>(
        &self,
        x: &[T],
        mut function: impl FnMut(&[T]) -> DVector<T>,
    ) -> DVector<T>
    where
        R: ActsOn<T>,
    {
        let (inputs, outputs) = (&self.spaces[0], &self.spaces[self.spaces.len() - 1]);
        let mut sum = DVector::from_element(outputs.dim(), T::zero());
        for a in 0..self.elements.order() {
            let moved = inputs.apply(&self.group[self.elements.inverse(a)], x);
            sum += outputs.apply(&self.group[a], function(moved.as_slice()).as_slice());
        }
        sum * T::ratio(1, self.elements.order() as i64)
    }

    /// The biases of all blocks, or for the readout their average.
    fn bias<T: Scalar>(&self, layer: usize, bias: &DVector<T>, readout: bool) -> DVector<T>
    where
        R: ActsOn<T>,
    {
        let space = &self.spaces[layer + 1];
        let blocks: Vec<DVector<T>> =
            self.group.iter().map(|a| space.apply(a, bias.as_slice())).collect();
        if readout {
            // Coordinate by coordinate, and untouched where nothing moves it: a sum over |G| would round.
            let share = T::ratio(1, self.elements.order() as i64);
            return DVector::from_fn(bias.len(), |i, _| {
                if blocks.iter().all(|block| block[i] == bias[i]) {
                    bias[i].clone()
                } else {
                    blocks.iter().fold(T::zero(), |sum, block| sum + block[i].clone())
                        * share.clone()
                }
            });
        }
        let dim = bias.len();
        DVector::from_fn(dim * blocks.len(), |i, _| blocks[i / dim][i % dim].clone())
    }

    fn check<T: Scalar>(&self, layers: &[Layer<T>]) -> Result<(), ExpansionError> {
        if layers.len() + 1 != self.spaces.len() {
            let (layers, spaces) = (layers.len(), self.spaces.len());
            return Err(ExpansionError::LayerCount { layers, spaces });
        }
        for (l, (layer, pair)) in layers.iter().zip(self.spaces.windows(2)).enumerate() {
            let (from, to) = (pair[0].dim(), pair[1].dim());
            check_shape(l, "the weight", layer.weight.shape(), (to, from))?;
            if let Some(bias) = &layer.bias {
                check_shape(l, "the bias", bias.shape(), (to, 1))?;
            }
        }
        Ok(())
    }
}

fn check_shape(
    layer: usize,
    what: &'static str,
    (rows, columns): (usize, usize),
    (expected_rows, expected_columns): (usize, usize),
) -> Result<(), ExpansionError> {
    if (rows, columns) == (expected_rows, expected_columns) {
        return Ok(());
    }
    Err(ExpansionError::Shape { layer, what, rows, columns, expected_rows, expected_columns })
}
