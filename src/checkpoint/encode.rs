//! Numbers to and from the bytes of a file.

use super::error::Part;
use super::tensor::index;
use super::{Precision, Problem, ScaleMap, TensorPair};

/// The numbers that little-endian bytes hold; bytes that do not fill a number are left out.
pub(super) fn decode(bytes: &[u8], precision: Precision) -> Vec<f64> {
    match precision {
        Precision::F32 => {
            bytes.as_chunks().0.iter().map(|chunk| f64::from(f32::from_le_bytes(*chunk))).collect()
        }
        Precision::F64 => {
            bytes.as_chunks().0.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
        }
    }
}

fn push(bytes: &mut Vec<u8>, value: f64, precision: Precision) {
    match precision {
        Precision::F32 => bytes.extend_from_slice(&(value as f32).to_le_bytes()),
        Precision::F64 => bytes.extend_from_slice(&value.to_le_bytes()),
    }
}

/// The bytes of a pair's mean tensor, rounded to the nearest number of its element type.
///
/// A mean that was read is written back exactly. One that 32 bits cannot reach (above 3.4e38) is an error; one too small
/// for them becomes 0 or subnormal, an error of at most 2⁻¹⁵⁰, which no usable σ notices.
pub(super) fn encode_mean(pair: &TensorPair, tensor: &str) -> Result<Vec<u8>, Problem> {
    let precision = pair.mean_precision();
    let mut bytes = Vec::new();
    for (i, &value) in pair.mean().iter().enumerate() {
        let reread = precision.round(value);
        if !reread.is_finite() {
            return Err(unrepresentable(pair, tensor, Part::Mean, i, value, reread));
        }
        push(&mut bytes, value, precision);
    }
    Ok(bytes)
}

/// The bytes of a pair's scale tensor: the bits it was read from where σ has not changed, else the nearest ρ.
///
/// A σ that would not come back is an error: one that becomes 0 or infinite, and also one that loses digits because the
/// stored number is subnormal. Rounding ρ moves σ by at most half an ε times the steepness of the map, relatively; with the
/// errors of the `f64` functions, still below twice the steepness times ε. Anything beyond is such a loss.
pub(super) fn encode_scale(
    pair: &TensorPair,
    tensor: &str,
    map: ScaleMap,
) -> Result<Vec<u8>, Problem> {
    let precision = pair.scale_precision();
    let mut bytes = Vec::new();
    for (i, &sigma) in pair.sigma().iter().enumerate() {
        if let Some(rho) = pair.unchanged_scale(i, sigma, map) {
            push(&mut bytes, rho, precision);
            continue;
        }
        // A pair's σ is positive and finite, so that it has a ρ; NaN would be caught below.
        let rho = precision.round(map.from_sigma(sigma).unwrap_or(f64::NAN));
        let reread = map.to_sigma(rho);
        let loss = (reread - sigma).abs() / sigma;
        let is_kept = reread > 0.0 && loss <= 2.0 * map.steepness(rho) * precision.epsilon();
        if !is_kept {
            return Err(unrepresentable(pair, tensor, Part::Scale, i, sigma, reread));
        }
        push(&mut bytes, rho, precision);
    }
    Ok(bytes)
}

fn unrepresentable(
    pair: &TensorPair,
    tensor: &str,
    part: Part,
    i: usize,
    value: f64,
    reread: f64,
) -> Problem {
    let precision = match part {
        Part::Mean => pair.mean_precision(),
        Part::Scale => pair.scale_precision(),
    };
    Problem::Unrepresentable {
        tensor: tensor.to_owned(),
        part,
        index: index(i, pair.shape()),
        value,
        reread,
        precision,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(mean: f64, sigma: f64, precision: Precision) -> TensorPair {
        TensorPair::new("w", vec![1, 1], vec![mean], vec![sigma], precision).unwrap()
    }

    fn reread_sigma(sigma: f64, precision: Precision, map: ScaleMap) -> Result<f64, String> {
        let bytes = encode_scale(&pair(0.0, sigma, precision), "w.rho", map)
            .map_err(|problem| problem.to_string())?;
        Ok(map.to_sigma(decode(&bytes, precision)[0]))
    }

    #[test]
    fn what_32_bits_cannot_hold_is_an_error() {
        let refused = |sigma, map| reread_sigma(sigma, Precision::F32, map).unwrap_err();
        assert_eq!(
            refused(1e-50, ScaleMap::Identity),
            r#"scale of "w.rho" is 1e-50 at [0, 0], which F32 cannot hold (it would read 0e0)"#
        );
        assert!(
            refused(1e-44, ScaleMap::Identity).contains("it would read 9.8"),
            "a subnormal number has lost digits"
        );
        assert!(refused(1e39, ScaleMap::Identity).contains("would read inf"));
        assert!(refused(1e39, ScaleMap::Softplus).contains("would read inf"));
        // A logarithm takes these easily.
        for sigma in [1e-300, 1e-50, 1e39, 1e300] {
            let error = reread_sigma(sigma, Precision::F32, ScaleMap::Exp).unwrap() / sigma - 1.0;
            assert!(error.abs() < 5e-5, "{sigma:e}: {error:e}");
        }
        let mean = encode_mean(&pair(-1e39, 1.0, Precision::F32), "w.mu").unwrap_err().to_string();
        assert_eq!(
            mean,
            r#"mean of "w.mu" is -1e39 at [0, 0], which F32 cannot hold (it would read -inf)"#
        );
    }

    #[test]
    fn what_64_bits_cannot_hold_as_a_logarithm_is_an_error() {
        // σ below 2.2e-308 is subnormal: its logarithm says more than e^ρ can give back.
        assert!(reread_sigma(3e-323, Precision::F64, ScaleMap::Identity).is_ok());
        let sigma = 3.2e-322;
        let outcome = reread_sigma(sigma, Precision::F64, ScaleMap::Softplus);
        assert!(
            outcome.as_ref().is_err_and(|m| m.contains("cannot hold")) || outcome == Ok(sigma),
            "{outcome:?}"
        );
        assert!(reread_sigma(1e-307, Precision::F64, ScaleMap::Softplus).is_ok());
    }

    #[test]
    fn an_unchanged_sigma_keeps_the_bits_of_its_scale() {
        let map = ScaleMap::Softplus;
        // Far to the left many ρ share a σ in f64, far to the right softplus is the identity: bits must come from the file.
        let scales =
            [-3.0, -700.123_456_789, -1e-300, -0.0, 0.0, 36.9, 1e300, -50.000_000_000_000_1];
        let count = scales.len();
        let zero = vec![0.0; count];
        let pair = TensorPair::from_file(
            "w".into(),
            vec![count],
            (zero.clone(), Precision::F64),
            (scales.to_vec(), Precision::F64),
            scales.iter().map(|&rho| map.to_sigma(rho)).collect(),
        );
        let bits = |pair: &TensorPair| {
            let bytes = encode_scale(pair, "w", map).unwrap();
            decode(&bytes, Precision::F64).into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        assert_eq!(bits(&pair), scales.map(f64::to_bits));
        // Changing one entry leaves the others alone.
        let mut sigma = pair.sigma().to_vec();
        sigma[1] = 0.5;
        let changed = bits(&pair.with_values(zero, sigma).unwrap());
        for i in 0..count {
            assert_eq!(changed[i] == scales[i].to_bits(), i != 1, "entry {i}");
        }
    }
}
