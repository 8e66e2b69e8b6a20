/// Rows under headings, each column as wide as its widest cell.
package struct Table: Sendable {
    private let headings: [String]
    private var rows: [[String]] = []

    package init(_ headings: String...) {
        self.headings = headings
    }

    /// Adds a row; what is missing or empty is shown as `-`, and nothing in it drives the terminal.
    package mutating func add(_ cells: String?...) {
        let shown = cells.map { cell in
            guard let cell, !cell.isEmpty else { return "-" }
            return SessionEventText.safe(cell)
        }
        rows.append(shown + repeatElement("-", count: max(0, headings.count - shown.count)))
    }

    /// The lines, two spaces between columns, none at their ends; headings in bold where that is wanted.
    package func text(bold: Bool = false) -> String {
        let widths = headings.indices.map { column in
            ([headings] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([headings] + rows).map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let line = cells.joined(separator: "  ")
            return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
        }
        guard bold, let first = lines.first else { return lines.joined(separator: "\n") }
        return (["\u{1B}[1m\(first)\u{1B}[0m"] + lines.dropFirst()).joined(separator: "\n")
    }
}
