/// Writes the steps of an expression.
struct ExpressionCompiler {
    private let limit: ExpressionLimit
    private(set) var steps: [Expression.Step] = []
    private(set) var classes: [CharacterClass] = []
    private var ranges = 0

    init(limit: ExpressionLimit) { self.limit = limit }

    mutating func compile(_ node: Expression.Node) throws(ExpressionTooLarge) {
        try write(node)
        try append(.match)
    }

    private mutating func append(_ step: Expression.Step) throws(ExpressionTooLarge) {
        guard steps.count < limit.steps else {
            throw ExpressionTooLarge(description: "it is longer than \(limit.steps) steps")
        }
        steps.append(step)
    }

    private mutating func write(_ node: Expression.Node) throws(ExpressionTooLarge) {
        switch node {
        case .empty: break
        case .one(let set):
            try append(.one(number(of: set)))
        case .start: try append(.start)
        case .end: try append(.end)
        case .sequence(let nodes): for node in nodes { try write(node) }
        case .either(let choices): try compileEither(choices)
        case .repeated(let node, let min, let max):
            for _ in 0..<min {
                let before = steps.count
                try write(node)
                // Nothing repeated is nothing, however often.
                if steps.count == before { return }
            }
            guard let max else { return try compileStar(node) }
            for _ in min..<max { try compileOptional(node) }
        }
    }

    private mutating func compileEither(
        _ choices: [Expression.Node]
    ) throws(ExpressionTooLarge) {
        var exits: [Int] = []
        for (index, choice) in choices.enumerated() {
            guard index + 1 < choices.count else {
                try write(choice)
                break
            }
            let split = try reserve()
            try write(choice)
            exits.append(try reserve())
            steps[split] = .split(split + 1, steps.count)
        }
        for exit in exits { steps[exit] = .jump(steps.count) }
    }

    private mutating func compileStar(_ node: Expression.Node) throws(ExpressionTooLarge) {
        let split = try reserve()
        try write(node)
        try append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }

    private mutating func compileOptional(_ node: Expression.Node) throws(ExpressionTooLarge) {
        let split = try reserve()
        try write(node)
        steps[split] = .split(split + 1, steps.count)
    }

    /// A class that is repeated is kept once; the last one is what a repetition asks for.
    private mutating func number(of set: CharacterClass) throws(ExpressionTooLarge) -> Int {
        if let last = classes.last, last == set { return classes.count - 1 }
        ranges += set.ranges.count
        guard ranges <= limit.ranges else {
            throw ExpressionTooLarge(
                description: "its classes have more than \(limit.ranges) ranges"
            )
        }
        classes.append(set)
        return classes.count - 1
    }

    /// A place whose step is known when what follows it is compiled.
    private mutating func reserve() throws(ExpressionTooLarge) -> Int {
        try append(.match)
        return steps.count - 1
    }
}
