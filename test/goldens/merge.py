"""add and concatenate in graphs, with two inputs and two outputs."""

from recorder import Family


def node(name, class_name, inputs, **args):
    return {"name": name, "className": class_name, "args": args, "inputs": inputs}


def main():
    family = Family("merge", 41)
    family.graph("add of two branches and a skip", {
        "inputs": [{"name": "image", "shape": [5, 4, 3]}],
        "nodes": [
            node("left", "conv2d", ["image"], filters=3, kernelSize=3, padding="same", activation="relu"),
            node("right", "conv2d", ["image"], filters=3, kernelSize=1),
            node("sum", "add", ["left", "right", "image"]),
        ],
        "outputs": ["sum"],
    })
    family.graph("concatenate of images over channels", {
        "inputs": [{"name": "image", "shape": [4, 5, 2]}],
        "nodes": [
            node("left", "conv2d", ["image"], filters=3, kernelSize=3, padding="same"),
            node("joined", "concatenate", ["left", "image"]),
            node("out", "conv2d", ["joined"], filters=2, kernelSize=2),
        ],
        "outputs": ["out"],
    })
    family.graph("concatenate over rows", {
        "inputs": [{"name": "above", "shape": [2, 3, 2]}, {"name": "below", "shape": [1, 3, 2]}],
        "nodes": [node("joined", "concatenate", ["above", "below"], axis=1)],
        "outputs": ["joined"],
    }, losses=("meanSquaredError",))
    family.graph("a tensor used twice by one add", {
        "inputs": [{"name": "x", "shape": [4]}],
        "nodes": [
            node("hidden", "dense", ["x"], units=3, activation="tanh"),
            node("doubled", "add", ["hidden", "hidden"]),
        ],
        "outputs": ["doubled"],
    })
    family.graph("two inputs and two outputs", {
        "inputs": [{"name": "a", "shape": [4]}, {"name": "b", "shape": [3]}],
        "nodes": [
            node("fromA", "dense", ["a"], units=5, activation="relu"),
            node("fromB", "dense", ["b"], units=5),
            node("sum", "add", ["fromA", "fromB"]),
            node("joined", "concatenate", ["sum", "fromA"]),
            node("classes", "dense", ["joined"], units=3, activation="softmax"),
            node("number", "dense", ["sum"], units=1),
        ],
        "outputs": ["classes", "number"],
    }, batch=4, losses=("sparseCategoricalCrossentropy", "meanSquaredError"),
        targets=[[[0], [2], [1], [2]], [[0.5], [-1], [2], [0.25]]])
    family.write()


if __name__ == "__main__":
    main()
