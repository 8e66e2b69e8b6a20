/// The steps that a match stands at, each at most once.
struct ExpressionThreads {
    private let steps: [Expression.Step]
    private let classes: [CharacterClass]
    /// Steps that wait for a character.
    private var waiting: [Int] = []
    private var previous: [Int] = []
    /// The round in which a step was last reached.
    private var reached: [Int]
    private var round = 1
    private var pending: [Int] = []
    private var work = 0
    /// Whether the end of the expression was reached where the match stands.
    private(set) var hasMatched = false

    init(_ steps: [Expression.Step], _ classes: [CharacterClass]) {
        self.steps = steps
        self.classes = classes
        reached = [Int](repeating: 0, count: steps.count)
    }

    var isEmpty: Bool { waiting.isEmpty }

    /// What the waiting steps wait for.
    var nextCharacters: CharacterClass {
        CharacterClass(
            waiting.flatMap { step -> [ClosedRange<UInt32>] in
                guard case .one(let number) = steps[step] else { return [] }
                return classes[number].ranges
            }
        )
    }

    /// The steps that were looked at since this was asked last.
    mutating func takeWork() -> Int {
        defer { work = 0 }
        return work
    }

    /// Goes on to the next place in the text with those that take the character.
    mutating func advance(over scalar: UInt32, isAtEnd: Bool) {
        swap(&waiting, &previous)
        waiting.removeAll(keepingCapacity: true)
        round += 1
        hasMatched = false
        work += previous.count
        for step in previous {
            guard case .one(let number) = steps[step], classes[number].contains(scalar) else {
                continue
            }
            enter(step + 1, isAtStart: false, isAtEnd: isAtEnd)
        }
    }

    /// Adds a step and all that are reached from it without taking a character.
    mutating func enter(_ step: Int, isAtStart: Bool, isAtEnd: Bool) {
        pending.append(step)
        while let step = pending.popLast() {
            guard reached[step] != round else { continue }
            reached[step] = round
            work += 1
            switch steps[step] {
            case .one: waiting.append(step)
            case .match: hasMatched = true
            case .start: if isAtStart { pending.append(step + 1) }
            case .end: if isAtEnd { pending.append(step + 1) }
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            }
        }
    }
}
