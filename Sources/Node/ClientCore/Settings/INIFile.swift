/// The files `~/.aws/config` and `~/.aws/credentials`: sections of `name = value`.
///
/// See https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. Comments begin with `#` or `;` at the
/// start of a line, or after a space in a value. Indented lines are nested settings of the one above, and none
/// of those is one of ours. Sections that come twice are joined, the later setting wins.
package struct INIFile: Equatable, Sendable {
    private var sections: [String: [String: String]] = [:]

    /// Reads the text; lines that are neither section nor setting are passed over, as the SDKs do.
    package init(parsing text: String) {
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                current = Self.sectionName(line)
                if let current { sections[current, default: [:]] = sections[current] ?? [:] }
            } else if !first.isWhitespace, let current, let setting = Self.setting(line) {
                sections[current, default: [:]][setting.name] = setting.value
            }
        }
    }

    /// The settings of a section; nil when there is none of that name.
    package func section(_ name: String) -> [String: String]? { sections[name] }

    /// `[ profile  work ]` gives `profile work`.
    private static func sectionName(_ line: Substring) -> String? {
        guard let close = line.firstIndex(of: "]") else { return nil }
        let words = line[line.index(after: line.startIndex)..<close].split(
            whereSeparator: \.isWhitespace
        )
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private static func setting(_ line: Substring) -> (name: String, value: String)? {
        let halves = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let name = trimmed(halves[0]).lowercased()
        guard !name.isEmpty else { return nil }
        return (name, trimmed(withoutComment(halves[1])))
    }

    private static func withoutComment(_ value: Substring) -> Substring {
        for mark in [" #", " ;", "\t#", "\t;"] {
            guard let range = value.firstRange(of: mark) else { continue }
            return withoutComment(value[..<range.lowerBound])
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
