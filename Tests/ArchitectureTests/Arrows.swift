import Foundation

/// One line of `arrows.txt`.
struct LayerRule {
    /// A layer that may be used, and the targets in it if not all of them.
    struct Use {
        let layer: String
        let targets: Set<String>?
    }

    let uses: [Use]
    let products: Set<String>

    func allows(target: PackageDump.Target) -> Bool {
        uses.contains { use in
            use.layer == target.layer && (use.targets?.contains(target.name) ?? true)
        }
    }
}

enum Arrows {
    static func load() throws -> [String: LayerRule] {
        let file = PackageDump.root.appending(path: "Tests/ArchitectureTests/arrows.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        var rules: [String: LayerRule] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let layer = halves[0].trimmingCharacters(in: .whitespaces)
            let sides = halves[1].split(separator: ";", omittingEmptySubsequences: false)
            rules[layer] = LayerRule(
                uses: sides[0].split(separator: " ").map { use(String($0), in: layer) },
                products: Set(sides.dropFirst().joined().split(separator: " ").map(String.init))
            )
        }
        return rules
    }

    /// Reads `Layer`, `Layer(Target)` or `self`.
    private static func use(_ word: String, in layer: String) -> LayerRule.Use {
        let parts = word.split(whereSeparator: { "()".contains($0) }).map(String.init)
        return LayerRule.Use(
            layer: parts[0] == "self" ? layer : parts[0],
            targets: parts.count > 1 ? [parts[1]] : nil
        )
    }
}
