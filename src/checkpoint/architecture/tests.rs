use super::*;

type Shapes = Vec<(&'static str, Vec<usize>)>;

fn network() -> Shapes {
    vec![
        ("conv_layers.0.weight", vec![8, 1, 3, 3]),
        ("conv_layers.0.bias", vec![8]),
        ("conv_layers.1.weight", vec![16, 8, 3, 3]),
        ("conv_layers.1.bias", vec![16]),
        ("classifier.weight", vec![10, 16, 1, 1]),
        ("classifier.bias", vec![10]),
    ]
}

fn dense(features: usize) -> Shapes {
    let mut shapes = network();
    shapes.truncate(4);
    shapes.extend([("fc.weight", vec![10, features]), ("fc.bias", vec![10])]);
    shapes
}

fn of(shapes: &Shapes) -> Result<Architecture, ArchitectureError> {
    Architecture::from_shapes(shapes.iter().map(|(name, shape)| (*name, shape.as_slice())))
}

/// The error after one tensor got another shape, or, with none, was taken out.
fn refused(mut shapes: Shapes, name: &'static str, shape: Option<&[usize]>) -> String {
    shapes.retain(|(other, _)| *other != name);
    shapes.extend(shape.map(|shape| (name, shape.to_vec())));
    of(&shapes).unwrap_err().to_string()
}

#[test]
fn the_network_is_read_off_in_any_order() {
    let mut shapes = network();
    let expected = of(&shapes).unwrap();
    assert_eq!(
        expected.convolutions(),
        [
            Convolution { out_channels: 8, in_channels: 1, kernel: 3, has_bias: true },
            Convolution { out_channels: 16, in_channels: 8, kernel: 3, has_bias: true },
        ]
    );
    assert_eq!(expected.head(), Head::Pointwise { classes: 10, channels: 16, has_bias: true });
    let names: Vec<&str> = expected.tensors().iter().map(|tensor| tensor.name.as_str()).collect();
    assert_eq!(names, network().iter().map(|(name, _)| *name).collect::<Vec<_>>());
    shapes.reverse();
    assert_eq!(of(&shapes).unwrap(), expected);
}

#[test]
fn every_axis_has_a_role_of_its_length() {
    use AxisRole::{
        Classes, FlattenedFeatures, HiddenChannels, InputChannels, KernelColumns, KernelRows,
    };
    for shapes in [network(), dense(16 * 49)] {
        let architecture = of(&shapes).unwrap();
        for (name, shape) in &shapes {
            let lengths: Vec<usize> =
                architecture.roles(name).unwrap().iter().map(|role| role.length()).collect();
            assert_eq!(lengths, *shape, "{name}");
        }
    }
    let architecture = of(&network()).unwrap();
    let kernel = [KernelRows { side: 3 }, KernelColumns { side: 3 }];
    let first = HiddenChannels { layer: 0, channels: 8 };
    let second = HiddenChannels { layer: 1, channels: 16 };
    assert_eq!(
        architecture.roles("conv_layers.0.weight").unwrap()[..2],
        [first, InputChannels { channels: 1 }]
    );
    assert_eq!(
        architecture.roles("conv_layers.1.weight").unwrap(),
        [second, first, kernel[0], kernel[1]]
    );
    assert_eq!(architecture.roles("conv_layers.1.bias").unwrap(), [second]);
    assert_eq!(
        architecture.roles("classifier.weight").unwrap()[..2],
        [Classes { classes: 10 }, second]
    );
    assert_eq!(architecture.roles("classifier.bias").unwrap(), [Classes { classes: 10 }]);
    assert_eq!(architecture.roles("head"), None);
    let features = FlattenedFeatures { layer: 1, channels: 16, side: 7 };
    assert_eq!(
        of(&dense(16 * 49)).unwrap().roles("fc.weight").unwrap(),
        [Classes { classes: 10 }, features]
    );
}

#[test]
fn biases_may_be_absent_and_a_common_path_may_come_first() {
    let shapes: [(&str, &[usize]); 2] =
        [("m.n.conv_layers.0.weight", &[4, 3, 5, 5]), ("m.n.fc.weight", &[2, 4])];
    let architecture = Architecture::from_shapes(shapes).unwrap();
    assert!(!architecture.convolutions()[0].has_bias);
    assert_eq!(
        architecture.head(),
        Head::Dense { classes: 2, channels: 4, side: 1, has_bias: false }
    );
    let shapes: [(&str, &[usize]); 2] =
        [("m.conv_layers.0.weight", &[4, 3, 5, 5]), ("fc.weight", &[2, 4])];
    assert_eq!(
        Architecture::from_shapes(shapes).unwrap_err().to_string(),
        r#"tensor "fc.weight" is of another network, expected the path of "m.conv_layers.0.weight""#
    );
}

#[test]
fn names_and_layers_that_do_not_make_a_network_are_refused() {
    assert_eq!(
        refused(network(), "head.weight", Some(&[1])),
        r#"tensor "head.weight" is not of the network, expected conv_layers.N, classifier or fc with .weight or .bias"#
    );
    assert_eq!(
        refused(network(), "fc.weight", Some(&[10, 16])),
        r#"tensor "fc.weight" is a second head beside "classifier.weight", expected one"#
    );
    assert_eq!(
        refused(network(), "conv_layers.1.weight", None),
        r#"tensor "conv_layers.1.weight" is missing: its bias is there"#
    );
    assert_eq!(
        refused(network(), "conv_layers.3.weight", Some(&[16, 16, 3, 3])),
        r#"tensor "conv_layers.2.weight" is missing: there is a later layer"#
    );
    assert_eq!(
        refused(network(), "conv_layers.18446744073709551615.bias", Some(&[16])),
        r#"tensor "conv_layers.2.weight" is missing: there is a later layer"#
    );
    let mut shapes = network();
    shapes.truncate(4);
    assert_eq!(of(&shapes), Err(ArchitectureError::NoHead));
    let head = network().split_off(4);
    assert_eq!(
        of(&head).unwrap_err().to_string(),
        r#"tensor "conv_layers.0.weight" is missing: the network has no convolution"#
    );
    let twice = [network(), network()].concat();
    assert_eq!(
        of(&twice),
        Err(ArchitectureError::Duplicate { tensor: "conv_layers.0.weight".into() })
    );
    assert!(of(&Shapes::new()).is_err());
}

#[test]
fn shapes_that_do_not_fit_name_the_tensor_and_the_axis() {
    let channels = |shape| refused(network(), "conv_layers.1.weight", Some(shape));
    assert_eq!(
        channels(&[16, 4, 3, 3]),
        r#"tensor "conv_layers.1.weight" has length 4 along axis 1, expected 8, the output channels of the layer before"#
    );
    assert_eq!(
        channels(&[16, 8, 3, 5]),
        r#"tensor "conv_layers.1.weight" has a kernel of 3 by 5 (axes 2 and 3), expected a square"#
    );
    assert_eq!(
        channels(&[16, 8, 3]),
        "tensor \"conv_layers.1.weight\" has shape [16, 8, 3], expected four axes: output channels, input channels, \
         kernel rows and columns"
    );
    assert_eq!(
        channels(&[16, 8, 0, 0]),
        r#"tensor "conv_layers.1.weight" has length 0 along axis 2, expected at least 1"#
    );
    assert_eq!(
        refused(network(), "conv_layers.1.bias", Some(&[15])),
        r#"tensor "conv_layers.1.bias" has length 15 along axis 0, expected 16, as axis 0 of its weight"#
    );
    assert!(
        refused(network(), "conv_layers.1.bias", Some(&[16, 1]))
            .ends_with("expected one axis: output channels")
    );
    assert_eq!(
        refused(network(), "classifier.weight", Some(&[10, 8, 1, 1])),
        r#"tensor "classifier.weight" has length 8 along axis 1, expected 16, the output channels of the layer before"#
    );
    assert_eq!(
        refused(network(), "classifier.weight", Some(&[10, 16, 1, 3])),
        r#"tensor "classifier.weight" has length 3 along axis 3, expected 1, for a classifier is a 1×1 convolution"#
    );
    assert!(
        refused(network(), "classifier.weight", Some(&[10, 16]))
            .ends_with("expected four axes: classes, channels, 1, 1")
    );
    for features in [16 * 7, 16 * 49 + 1, 15] {
        let message = format!(
            r#"tensor "fc.weight" has length {features} along axis 1, expected 16 channels times a square number"#
        );
        assert_eq!(of(&dense(features)).unwrap_err().to_string(), message);
    }
    assert!(
        refused(dense(16), "fc.weight", Some(&[10, 16, 1, 1]))
            .ends_with("expected two axes: classes, features")
    );
}

#[test]
fn odd_sides_before_a_pool_are_listed() {
    let architecture = of(&network()).unwrap();
    assert_eq!(architecture.odd_pools(8), []);
    assert_eq!(architecture.odd_pools(28), []);
    assert_eq!(architecture.odd_pools(30), [OddPool { layer: 1, side: 15 }]);
    assert_eq!(
        architecture.odd_pools(27),
        [OddPool { layer: 0, side: 27 }, OddPool { layer: 1, side: 13 }]
    );
    assert_eq!(architecture.odd_pools(1), [OddPool { layer: 0, side: 1 }]);
    assert_eq!(architecture.odd_pools(0), []);
    for (image, features) in
        [(8, Some(2)), (28, Some(7)), (30, Some(7)), (4, Some(1)), (3, None), (1, None), (0, None)]
    {
        assert_eq!(architecture.feature_side(image), features, "image of side {image}");
    }
    // A 5×5 kernel with padding 1 takes two pixels away.
    let shapes: [(&str, &[usize]); 2] =
        [("conv_layers.0.weight", &[4, 3, 5, 5]), ("fc.weight", &[2, 4])];
    let architecture = Architecture::from_shapes(shapes).unwrap();
    assert_eq!(architecture.odd_pools(7), [OddPool { layer: 0, side: 5 }]);
    assert_eq!(architecture.odd_pools(2), []);
    assert_eq!(architecture.feature_side(2), None);
}
