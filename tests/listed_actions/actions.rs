//! Two groups that fit the shapes, as files and as index maps written out.

use crate::fixtures::Fixture;

/// How a generator moves coordinates: where each one goes, and whether it is negated on the way.
pub(crate) type Map = Vec<(usize, bool)>;

/// A group: what the command is given, and how its generators move each tensor.
pub(crate) struct Action {
    pub(crate) toml: String,
    /// Tensor by tensor, then generator by generator.
    pub(crate) tensors: Vec<(String, Vec<Map>)>,
    pub(crate) order: usize,
}

/// Where rows and columns of a square image go.
type Point = fn(usize, usize, usize) -> (usize, usize);

/// A quarter turn counter-clockwise: the last column becomes the first row.
const TURN: Point = |side, row, column| (side - 1 - column, row);

/// The columns in reverse.
const FLIP: Point = |side, row, column| (row, side - 1 - column);

fn unsigned(images: &[usize]) -> Map {
    images.iter().map(|&image| (image, false)).collect()
}

fn signed(images: &[usize], signs: &[i32]) -> Map {
    images.iter().zip(signs).map(|(&image, &sign)| (image, sign < 0)).collect()
}

fn image(side: usize, point: Point) -> Map {
    let points = (0..side * side).map(|place| point(side, place / side, place % side));
    points.map(|(row, column)| (row * side + column, false)).collect()
}

/// Pairs `(i, j)`, the second running fastest.
fn product(outer: &Map, inner: &Map) -> Map {
    let n = inner.len();
    outer
        .iter()
        .flat_map(|&(i, sign)| inner.iter().map(move |&(j, other)| (i * n + j, sign != other)))
        .collect()
}

/// The index map of an unsigned one, as a list of the file.
fn listed(map: &Map) -> String {
    format!("{:?}", map.iter().map(|(image, _)| *image).collect::<Vec<_>>())
}

/// `C_4`: regular channels, a turning kernel, a signed permutation of bias and classes. Features of the dense layer are
/// four channels of 2 by 2 points, which turn as well.
///
/// A half turn negates two of the three classes: two coordinates of their bias are killed.
pub(crate) fn quarter_turns(fixture: &Fixture) -> Action {
    let entry = "[{ r = [1, 0, 2], sign = [1, -1, 1] }]";
    quarter_turns_with(fixture, entry, signed(&[1, 0, 2], &[1, -1, 1]))
}

/// The same with a bias of the classes that does not move: nothing is killed.
pub(crate) fn free_quarter_turns(fixture: &Fixture) -> Action {
    quarter_turns_with(fixture, "\"trivial\"", unsigned(&[0, 1, 2]))
}

fn quarter_turns_with(fixture: &Fixture, entry: &str, head_bias: Map) -> Action {
    let kernel = fixture.kernel();
    let channels = unsigned(&[1, 2, 3, 0]);
    let bias = signed(&[1, 2, 3, 0], &[1, -1, 1, -1]);
    let classes = signed(&[1, 0, 2], &[1, -1, 1]);
    let features = product(&channels, &image(2, TURN));
    let toml = format!(
        r#"
        [group]
        generators = ["r"]
        [tensor."{kernel}"]
        axes = ["regular", "trivial", "spatial", "spatial"]
        [tensor."body.0.bias"]
        axes = [{{ r = [1, 2, 3, 0], sign = [1, -1, 1, -1] }}]
        [tensor."head.weight"]
        axes = [{{ r = [1, 0, 2], sign = [1, -1, 1] }}, {{ r = {} }}]
        [tensor."head.bias"]
        axes = {entry}
        "#,
        listed(&features)
    );
    let tensors = vec![
        (kernel.into(), vec![product(&channels, &image(3, TURN))]),
        ("body.0.bias".into(), vec![bias]),
        ("head.weight".into(), vec![product(&classes, &features)]),
        ("head.bias".into(), vec![head_bias]),
    ];
    Action { toml, tensors, order: 4 }.with_copies(fixture)
}

/// `D_4`, which is not abelian: turns and flips of the kernel, channels as corners of a square, classes by the symmetries
/// of the plane with signs.
pub(crate) fn turns_and_flips(fixture: &Fixture) -> Action {
    let kernel = fixture.kernel();
    let channels = [unsigned(&[1, 2, 3, 0]), unsigned(&[0, 3, 2, 1])];
    let classes = [signed(&[1, 0, 2], &[1, -1, 1]), signed(&[0, 1, 2], &[1, -1, 1])];
    let points = [TURN, FLIP];
    let both = |part: &dyn Fn(usize) -> Map| vec![part(0), part(1)];
    let features = both(&|k| product(&channels[k], &image(2, points[k])));
    let toml = format!(
        r#"
        [group]
        generators = ["r", "mirror"]
        spatial = {{ mirror = "flip" }}
        [tensor."{kernel}"]
        axes = [{{ r = [1, 2, 3, 0], mirror = [0, 3, 2, 1] }}, "trivial", "spatial", "spatial"]
        [tensor."body.0.bias"]
        axes = "trivial"
        [tensor."head.weight"]
        axes = [
            {{ r = [1, 0, 2], mirror = [0, 1, 2], sign = {{ r = [1, -1, 1], mirror = [1, -1, 1] }} }},
            {{ r = {}, mirror = {} }},
        ]
        [tensor."head.bias"]
        axes = [{{ r = [1, 0, 2], mirror = [0, 1, 2], sign = {{ r = [1, -1, 1], mirror = [1, -1, 1] }} }}]
        "#,
        listed(&features[0]),
        listed(&features[1])
    );
    let still: Map = unsigned(&[0, 1, 2, 3]);
    let tensors = vec![
        (kernel.into(), both(&|k| product(&channels[k], &image(3, points[k])))),
        ("body.0.bias".into(), vec![still.clone(), still]),
        ("head.weight".into(), both(&|k| product(&classes[k], &features[k]))),
        ("head.bias".into(), classes.to_vec()),
    ];
    Action { toml, tensors, order: 8 }.with_copies(fixture)
}

/// What a sampler's copy of a layer's parameters is called.
pub(crate) const COPY: &str = "_sampler";

impl Action {
    /// Files with every tensor under every name hold the parameters of a layer once more in its sampler: pairs like any
    /// others, which move as those of the layer.
    fn with_copies(mut self, fixture: &Fixture) -> Self {
        let names = fixture.names();
        let copies: Vec<_> = self
            .tensors
            .iter()
            .map(|(name, maps)| (format!("{name}{COPY}"), maps.clone()))
            .filter(|(name, _)| names.contains(name))
            .collect();
        let listed = self.toml.clone();
        for (copy, _) in &copies {
            let header = |name: &str| format!("[tensor.\"{name}\"]\n");
            let table = listed.split(&header(copy.trim_end_matches(COPY))).nth(1).expect("listed");
            let table = table.split("[tensor.").next().expect("text");
            self.toml += &format!("{}{table}\n", header(copy));
        }
        self.tensors.extend(copies);
        self
    }

    /// Every element, by how it moves each tensor: products of generators until no new ones come.
    pub(crate) fn elements(&self) -> Vec<Vec<Map>> {
        let generators = self.tensors[0].1.len();
        let identity = |map: &Map| (0..map.len()).map(|i| (i, false)).collect();
        let mut elements: Vec<Vec<Map>> =
            vec![self.tensors.iter().map(|(_, maps)| identity(&maps[0])).collect()];
        let mut next = 0;
        while next < elements.len() {
            for generator in 0..generators {
                let then = |first: &Map, map: &Map| -> Map {
                    first.iter().map(|&(i, sign)| (map[i].0, sign != map[i].1)).collect()
                };
                let product: Vec<Map> = elements[next]
                    .iter()
                    .zip(&self.tensors)
                    .map(|(first, (_, maps))| then(first, &maps[generator]))
                    .collect();
                if !elements.contains(&product) {
                    elements.push(product);
                }
            }
            next += 1;
        }
        elements
    }
}
