//! Paired channels: an expansion that mixes blocks and keeps the function.

use super::{ExpansionError, Layer, OrbitExpansion};
use crate::group::Finite;
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

impl<R: Representation> OrbitExpansion<R>
where
    R::Group: Finite,
{
    /// The expansion with two copies of every block, which mixes blocks from the start and computes the group
    /// average `QΦ` all the same (claim S9).
    ///
    /// Hidden spaces become `R[G] ⊗ R² ⊗ U_l`, coordinate `(2g + copy) · dim U_l + i`. The kernel from copy `t` to copy
    /// `s` is `½ δ_{c,e} W + (−1)^t M_s(c)`, with `mixing(l, c) = [M_0(c), M_1(c)]` of any size in hidden layer `l`
    /// (from 0; the first and the last layer are not asked for). Both copies compute the same, so that what is mixed
    /// in cancels; but gradients tell the copies apart if `M_0 ≠ M_1` and `M_0 ≠ −M_1`. With `M_0 = M_1` the
    /// two copies that a layer computes are exchangeable, and with `M_0 = −M_1` those of all layers together are:
    /// training from there never tells them apart, and in the second case never mixes. The diagonal expansion
    /// mixes nothing, and the named arrangements change the function: this is in between.
    ///
    /// # Errors
    /// As [`with_blocks`](Self::with_blocks).
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::PermutationRep;
    /// use equibayes::symmetrize::expansion::{Layer, OrbitExpansion, prediction};
    /// use nalgebra::DMatrix;
    ///
    /// let ring = PermutationRep::regular(&Cyclic::new(2)?)?;
    /// let expansion = OrbitExpansion::new(vec![ring; 4])?;
    /// let small = [1.0, -2.0, 0.5].map(|x| Layer {
    ///     weight: DMatrix::from_row_slice(2, 2, &[x, 1.0, -0.25, 2.0 * x]),
    ///     bias: None,
    /// });
    /// let mixing = |_, c| [DMatrix::from_element(2, 2, 0.5 + c as f64), DMatrix::identity(2, 2)];
    /// let wide = expansion.paired(&small, mixing)?;
    ///
    /// let relu = |x: f64| x.max(0.0);
    /// let average = expansion.group_average(&[3.0, 1.0], |x| prediction(&small, relu, x));
    /// assert_eq!(prediction(&wide, relu, &[3.0, 1.0]), average); // dyadic numbers: nothing rounds
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn paired<T: Scalar>(
        &self,
        layers: &[Layer<T>],
        mut mixing: impl FnMut(usize, usize) -> [DMatrix<T>; 2],
    ) -> Result<Vec<Layer<T>>, ExpansionError>
    where
        R: ActsOn<T>,
    {
        let half = T::ratio(1, 2);
        let zero = |l: usize| {
            let (rows, columns) = layers[l].weight.shape();
            DMatrix::from_element(rows, columns, T::zero())
        };
        let plain = self.with_kernel(layers, |l, c| {
            if c == 0 { layers[l].weight.clone() * half.clone() } else { zero(l) }
        })?;
        // One expansion for what is mixed into each copy, the biases and outer layers of which are not used.
        let mut kernels = [Vec::new(), Vec::new()];
        for l in 1..layers.len() - 1 {
            for c in 0..self.elements().order() {
                let [first, second] = mixing(l, c);
                kernels[0].push(first);
                kernels[1].push(second);
            }
        }
        let n = self.elements().order();
        let mut mixed = Vec::with_capacity(2);
        for kernel in &kernels {
            mixed.push(self.with_kernel(layers, |l, c| kernel[(l - 1) * n + c].clone())?);
        }
        let last = layers.len() - 1;
        let paired = plain.iter().enumerate().map(|(l, layer)| {
            let (rows, columns) = layers[l].weight.shape();
            let (row_copies, column_copies) =
                (if l == last { 1 } else { 2 }, if l == 0 { 1 } else { 2 });
            let weight = DMatrix::from_fn(
                layer.weight.nrows() * row_copies,
                layer.weight.ncols() * column_copies,
                |i, j| {
                    let (s, i) = one_of(i, rows, row_copies);
                    let (t, j) = one_of(j, columns, column_copies);
                    let plain = layer.weight[(i, j)].clone();
                    match (l, t) {
                        (0, _) => plain,
                        (l, _) if l == last => plain * half.clone(),
                        (_, 0) => plain + mixed[s][l].weight[(i, j)].clone(),
                        _ => plain - mixed[s][l].weight[(i, j)].clone(),
                    }
                },
            );
            let bias = layer.bias.as_ref().map(|bias| {
                DVector::from_fn(bias.len() * row_copies, |i, _| {
                    bias[one_of(i, rows, row_copies).1].clone()
                })
            });
            Layer { weight, bias }
        });
        Ok(paired.collect())
    }
}

/// Which copy a coordinate is of, and the coordinate that it is a copy of, in blocks of `dim`.
fn one_of(coordinate: usize, dim: usize, copies: usize) -> (usize, usize) {
    let (block, within) = (coordinate / dim, coordinate % dim);
    (block % copies, block / copies * dim + within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Cyclic;
    use crate::representation::PermutationRep;

    /// Exchanges the copies among the rows, or the columns, of a weight in blocks of two copies of `dim`.
    fn exchanged(weight: &DMatrix<f64>, dim: usize, rows: bool, columns: bool) -> DMatrix<f64> {
        let other = |k: usize, exchange: bool| {
            if !exchange {
                k
            } else if (k / dim).is_multiple_of(2) {
                k + dim
            } else {
                k - dim
            }
        };
        DMatrix::from_fn(weight.nrows(), weight.ncols(), |i, j| {
            weight[(other(i, rows), other(j, columns))]
        })
    }

    /// What exchanges copies and leaves the weights as they are is a symmetry that gradients respect.
    #[test]
    fn copies_are_exchangeable_if_what_is_mixed_in_agrees_up_to_sign() {
        let ring = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
        let expansion = OrbitExpansion::new(vec![ring; 4]).unwrap();
        let matrix = |seed: usize| {
            DMatrix::from_fn(3, 3, |i, j| ((7 * seed + 5 * i + 3 * j) % 11) as f64 - 4.0)
        };
        let small = [1, 2, 3].map(|seed| Layer { weight: matrix(seed), bias: None });
        let hidden = |second: f64| {
            let wide =
                expansion.paired(&small, |_, c| [matrix(4 + c), matrix(4 + c) * second]).unwrap();
            wide[1].weight.clone()
        };
        for (second, of_outputs, of_both) in
            [(1.0, true, false), (-1.0, false, true), (0.0, false, false)]
        {
            let weight = hidden(second);
            let same = |rows, columns| exchanged(&weight, 3, rows, columns) == weight;
            assert_eq!((same(true, false), same(true, true)), (of_outputs, of_both), "{second}");
            assert!(!same(false, true));
        }
    }
}
