import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct DescribeActivationsInput: Decodable, Sendable {
    var filters: [Filter]?
    var maxResults: Int?
    var nextToken: String?

    struct Filter: Decodable, Sendable {
        var filterKey: String?
        var filterValues: [String]?

        enum CodingKeys: String, CodingKey {
            case filterKey = "FilterKey"
            case filterValues = "FilterValues"
        }
    }

    enum CodingKeys: String, CodingKey {
        case filters = "Filters"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

struct DescribeActivationsOutput: Encodable, Sendable {
    var activationList: [Activation]
    var nextToken: String?

    struct Activation: Encodable, Sendable {
        var activationId: String
        var description: String?
        var defaultInstanceName: String?
        var iamRole: String
        var registrationLimit: Int
        var registrationsCount: Int
        var expirationDate: Date
        var expired: Bool
        var createdDate: Date
        var tags: [Tag]

        enum CodingKeys: String, CodingKey {
            case activationId = "ActivationId"
            case description = "Description"
            case defaultInstanceName = "DefaultInstanceName"
            case iamRole = "IamRole"
            case registrationLimit = "RegistrationLimit"
            case registrationsCount = "RegistrationsCount"
            case expirationDate = "ExpirationDate"
            case expired = "Expired"
            case createdDate = "CreatedDate"
            case tags = "Tags"
        }
    }

    enum CodingKeys: String, CodingKey {
        case activationList = "ActivationList"
        case nextToken = "NextToken"
    }
}

extension SSMService {
    /// Lists activations, without their codes.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeActivations.html
    func describeActivations(
        _ input: DescribeActivationsInput,
        _ context: OperationContext
    ) async throws -> DescribeActivationsOutput {
        var violations = ConstraintViolations()
        violations.range(input.maxResults, "maxResults", 1...50)
        try violations.check()
        try await authorizer.authorize(
            AuthorizationRequest("ssm:DescribeActivations", on: "*"),
            in: context
        )
        let filters = try (input.filters ?? []).map(ActivationFilter.init)
        let now = clock.now()
        let (items, next) = try await page(
            of: ActivationRecord.self,
            below: .activations(context.scope),
            token: input.nextToken,
            limit: input.maxResults ?? 50,
            parameters: filters.map(\.description),
            in: context
        ) { stored -> DescribeActivationsOutput.Activation? in
            guard filters.allSatisfy({ $0.matches(stored.value) }) else { return nil }
            return DescribeActivationsOutput.Activation(stored.value, now: now)
        }
        return DescribeActivationsOutput(activationList: items, nextToken: next)
    }
}

/// One filter of DescribeActivations: the value must be one of those listed.
private struct ActivationFilter: CustomStringConvertible {
    private let value: (ActivationRecord) -> String?
    private let allowed: [String]
    let description: String

    init(_ filter: DescribeActivationsInput.Filter) throws {
        switch filter.filterKey {
        case "ActivationIds": value = { $0.id }
        case "DefaultInstanceName": value = { $0.defaultInstanceName }
        case "IamRole": value = { $0.role }
        default:
            throw ServiceFault(
                "InvalidFilter",
                "The filter name '\(filter.filterKey ?? "")' is not valid. Use ActivationIds, "
                    + "DefaultInstanceName or IamRole."
            )
        }
        allowed = filter.filterValues ?? []
        description = "\(filter.filterKey ?? "")=\(allowed.joined(separator: "\u{0}"))"
    }

    func matches(_ record: ActivationRecord) -> Bool {
        value(record).map(allowed.contains) ?? false
    }
}

extension DescribeActivationsOutput.Activation {
    init(_ record: ActivationRecord, now: Date) {
        self.init(
            activationId: record.id,
            description: record.description,
            defaultInstanceName: record.defaultInstanceName,
            iamRole: record.role,
            registrationLimit: record.registrationLimit,
            registrationsCount: record.registrationsCount,
            expirationDate: record.expires,
            expired: record.isExpired(at: now),
            createdDate: record.created,
            tags: record.tags
        )
    }
}
