//! Gradients against forward-mode derivatives, training against itself.
