//! What kind of instance was met.

use std::fmt;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A property of an instance that a claim wants to have met.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Feature {
            $($(#[$doc])* $name,)*
        }

        impl Feature {
            /// All features.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// A few words.
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

features! {
    /// `|G| = 1`.
    TrivialGroup = "trivial group",
    /// All elements commute, and there is more than one.
    Abelian = "abelian group",
    /// Some elements do not commute.
    NonAbelian = "non-abelian group",
    /// An orbit of coordinates as long as the group is large (and longer than 1).
    FreeOrbit = "free orbit",
    /// An orbit of coordinates longer than 1 and shorter than the group is large.
    NonFreeOrbit = "non-free orbit",
    /// A coordinate that no element moves, under a group that has more than one.
    FixedPoint = "fixed point",
    /// An orbit with relative signs that is not killed.
    SignedOrbit = "orbit with signs",
    /// An orbit in which some element sends a basis vector to minus itself.
    KilledOrbit = "killed orbit",
    /// An action that does not preserve the dot product.
    NonOrthogonal = "non-orthogonal action",
    /// Orthogonal matrices that do not permute the axes.
    Rotated = "orthogonal action that is no signed permutation",
    /// A representation of the registry in place of one made of orbits of coordinates.
    Registered = "registered representation",
    /// A posterior that is invariant already.
    Invariant = "already invariant",
    /// Standard deviations that differ by a factor of a thousand or more.
    WideScales = "widely spread scales",
    /// Two coordinates with the same variance.
    RepeatedVariances = "repeated variances",
    /// A rotation of a plane in which both variances are equal.
    IsotropicPlane = "turn of an isotropic plane",
    /// A rotation that is a signed permutation.
    QuarterTurn = "quarter turn",
    /// A rotation that mixes two different variances.
    MixingTurn = "turn that mixes variances",
    /// An action that changes volumes.
    ChangesVolume = "action that changes volumes",
    /// Shapes, rates, variances and weights, one below 1/32 and one above 32, and so concentrations near 0
    /// and large, probabilities near 0 and 1, strong couplings, and matrices that are nearly singular.
    DomainEdge = "near the edge of the domain",
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A set of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features(u64);

impl Features {
    /// Adds a feature where the condition holds.
    pub fn when(self, condition: bool, feature: Feature) -> Self {
        if condition { Self(self.0 | 1 << feature as u32) } else { self }
    }

    /// Whether the feature is in the set.
    pub fn contains(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u32) != 0
    }
}
