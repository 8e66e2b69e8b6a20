import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Lists log groups by name.
///
/// A page ends at the limit, or after looking at `Limits.Logs.scannedGroupsPerPage` groups, so that a pattern
/// that matches few of many gives short pages rather than long waits.
enum DescribeLogGroups {
    struct Input: Decodable, Sendable {
        var accountIdentifiers: [String]?
        var logGroupNamePrefix: String?
        var logGroupNamePattern: String?
        var nextToken: String?
        var limit: Int?
        var includeLinkedAccounts: Bool?
        var logGroupClass: String?
        var logGroupIdentifiers: [String]?
    }

    struct Output: Encodable, Sendable {
        var logGroups: [Item]
        var nextToken: String?
    }

    struct Item: Encodable, Sendable {
        var logGroupName: String
        var creationTime: Int64
        var retentionInDays: Int?
        var metricFilterCount: Int?
        var arn: String
        var storedBytes: Int64?
        var kmsKeyId: String?
        var logGroupClass: String?
        var logGroupArn: String?
        var deletionProtectionEnabled: Bool?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("DescribeLogGroups") { (input: Input, context) in
            try validate(input, context)
            context.audit.noted("logGroupNamePrefix", input.logGroupNamePrefix)
            context.audit.noted("logGroupNamePattern", input.logGroupNamePattern)
            // AWS authorizes the listing on a group and stream without names.
            try await core.authorizer.authorize(
                AuthorizationRequest(
                    "logs:DescribeLogGroups",
                    on: LogGroupARN(context.scope, "").action.description
                ),
                in: context
            )
            if let identifiers = input.logGroupIdentifiers {
                return Output(logGroups: try await named(identifiers, input, core, context))
            }
            return try await page(input, core, context)
        }
    }

    private static func validate(_ input: Input, _ context: OperationContext) throws {
        var validation = LogsValidation()
        validation.groupName(input.logGroupNamePrefix, required: false, "logGroupNamePrefix")
        if input.logGroupNamePattern?.isEmpty == false {
            validation.groupName(
                input.logGroupNamePattern,
                required: false,
                "logGroupNamePattern"
            )
        }
        validation.token(input.nextToken)
        validation.limit(input.limit, Limits.Logs.describePage)
        validation.oneOf(
            input.logGroupClass,
            "logGroupClass",
            ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]
        )
        validation.count(
            input.logGroupIdentifiers,
            "logGroupIdentifiers",
            Limits.Logs.describedIdentifiers
        )
        validation.count(
            input.accountIdentifiers,
            "accountIdentifiers",
            Limits.Logs.accountIdentifiers
        )
        try validation.check()
        guard input.logGroupNamePrefix == nil || input.logGroupNamePattern == nil else {
            throw LogsFault.invalidParameter(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
            )
        }
        let own = context.scope.account.description
        guard input.accountIdentifiers?.allSatisfy({ $0 == own }) ?? true else {
            throw LogsFault.invalidParameter("No other accounts are linked to this one.")
        }
        guard
            input.logGroupIdentifiers == nil
                || (input.logGroupNamePrefix == nil && input.logGroupNamePattern == nil
                    && input.logGroupClass == nil)
        else {
            throw LogsFault.invalidParameter(
                "logGroupIdentifiers cannot be combined with another filter."
            )
        }
    }

    private static func named(
        _ identifiers: [String],
        _ input: Input,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> [Item] {
        var names: Set<String> = []
        for identifier in identifiers {
            let reference = GroupReference(name: nil, identifier: identifier)
            names.insert(try reference.resolve(in: context))
        }
        var items: [Item] = []
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let key = LogsKey.group(context.scope, name)
            guard let group = try await core.store.get(key, as: LogGroup.self) else { continue }
            items.append(try await item(group.value, input, core, context))
        }
        return items
    }

    private static func page(
        _ input: Input,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> Output {
        let parameters = [
            input.logGroupNamePrefix ?? "", input.logGroupNamePattern ?? "",
            input.logGroupClass ?? "",
        ]
        var after = try NameToken.after(input.nextToken, parameters, core, context).map {
            LogsKey.group(context.scope, $0)
        }
        let limit = input.limit ?? Limits.Logs.describePage.upperBound
        let prefix = LogsKey.groups(context.scope).beginning(input.logGroupNamePrefix ?? "")
        var items: [Item] = []
        var scanned = 0
        var last: String?
        // Sekisho's groups are all of the standard class.
        let isAsked = input.logGroupClass.map { $0 == LogGroup.standardClass } ?? true
        while isAsked {
            let groups = try await core.store.range(
                prefix,
                as: LogGroup.self,
                after: after,
                limit: Limits.Logs.indexPage
            )
            for group in groups {
                let isMatch = group.value.name.holds(input.logGroupNamePattern ?? "")
                if (isMatch && items.count == limit)
                    || scanned == Limits.Logs.scannedGroupsPerPage
                {
                    let token = try NameToken.make(last ?? "", parameters, core, context)
                    return Output(logGroups: items, nextToken: token)
                }
                scanned += 1
                last = group.value.name
                if isMatch { items.append(try await item(group.value, input, core, context)) }
            }
            guard groups.count == Limits.Logs.indexPage else { break }
            after = groups.last?.key
        }
        return Output(logGroups: items)
    }

    private static func item(
        _ group: LogGroup,
        _ input: Input,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> Item {
        let arn = LogGroupARN(context.scope, group.name)
        var item = Item(
            logGroupName: group.name,
            creationTime: group.creationTime,
            arn: arn.wildcard.description
        )
        // With a name pattern AWS answers with these three members only.
        guard input.logGroupNamePattern == nil else { return item }
        let size = try await core.store.get(
            LogsKey.size(context.scope, try group.groupID),
            as: GroupSize.self
        )
        item.retentionInDays = group.retentionInDays
        item.metricFilterCount = 0
        item.storedBytes = max(0, size?.value.bytes ?? 0)
        item.kmsKeyId = group.kmsKeyID
        item.logGroupClass = LogGroup.standardClass
        item.logGroupArn = arn.plain.description
        item.deletionProtectionEnabled = group.deletionProtectionEnabled
        return item
    }
}

extension RecordKey {
    /// The start of all keys below this one whose next component begins with `text`.
    func beginning(_ text: String) -> RecordKey {
        // Without the byte that ends a component, so that longer names come in too.
        text.isEmpty ? self : RecordKey(encoded: bytes + RecordKey([text]).bytes.dropLast())
    }
}

extension String {
    /// Whether the text occurs in this one, byte by byte.
    fileprivate func holds(_ text: String) -> Bool {
        let (own, wanted) = (Array(utf8), Array(text.utf8))
        guard own.count >= wanted.count else { return false }
        return (0...own.count - wanted.count).contains { own[$0...].starts(with: wanted) }
    }
}
