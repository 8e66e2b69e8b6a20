/// The name that somebody probably meant with one that does not exist.
enum NearestName {
    /// The closest of the names, when it is close enough to be worth saying.
    ///
    /// Upper and lower case count as the same, so that `publicURL` finds `publicUrl`.
    static func of(_ word: String, among names: [String]) -> String? {
        let word = Array(word.lowercased().unicodeScalars)
        // Longer than this it is no slip of the fingers, and the table would grow with it.
        guard word.count <= 64 else { return nil }
        let nearest =
            names
            .map { (name: $0, distance: distance(word, Array($0.lowercased().unicodeScalars))) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= max(1, word.count / 3) else { return nil }
        return nearest.name
    }

    /// Levenshtein's distance: the fewest insertions, deletions and replacements from one to the other.
    private static func distance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
        var row = Array(0...to.count)
        for (line, scalar) in from.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in to.enumerated() {
                let replaced = diagonal + (scalar == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[to.count]
    }
}
