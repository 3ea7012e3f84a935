//! What the crate was built from.

/// Version, commit, compiler and features of the crate, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Build {
    /// The crate's name.
    pub name: &'static str,
    /// The crate's version.
    pub version: &'static str,
    /// The commit that was checked out, or that a published package was made from. Changes that were
    /// not committed do not show.
    pub commit: Option<String>,
    /// The compiler, as `rustc --version` prints it.
    pub rustc: String,
    /// The features that are on.
    pub features: Vec<&'static str>,
}

impl Build {
    /// The crate that this is.
    ///
    /// # Examples
    /// ```
    /// use equibayes::report::Build;
    ///
    /// let build = Build::of_this_crate();
    /// assert_eq!(build.name, "equibayes");
    /// assert!(build.features.contains(&"cli"));
    /// ```
    pub fn of_this_crate() -> Self {
        let features = [
            ("catalogue", cfg!(feature = "catalogue")),
            ("checkpoint", cfg!(feature = "checkpoint")),
            ("cli", cfg!(feature = "cli")),
            ("data", cfg!(feature = "data")),
            ("enclosure", cfg!(feature = "enclosure")),
        ];
        Self {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("EQUIBAYES_COMMIT").map(str::to_owned),
            rustc: option_env!("EQUIBAYES_RUSTC").unwrap_or("unknown rustc").to_owned(),
            features: features.into_iter().filter_map(|(name, on)| on.then_some(name)).collect(),
        }
    }
}
