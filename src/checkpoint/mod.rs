//! Posteriors in safetensors files.
