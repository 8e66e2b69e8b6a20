import ServiceKit
import Vocabulary

struct DescribeDocumentInput: Decodable, Sendable {
    var name: String?
    var documentVersion: String?
    var versionName: String?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case documentVersion = "DocumentVersion"
        case versionName = "VersionName"
    }
}

struct DescribeDocumentOutput: Encodable, Sendable {
    var document: DocumentDescription

    enum CodingKeys: String, CodingKey {
        case document = "Document"
    }
}

extension SSMService {
    /// What a document is, without its content.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html
    func describeDocument(
        _ input: DescribeDocumentInput,
        _ context: OperationContext
    ) async throws -> DescribeDocumentOutput {
        let (document, version) = try await readDocument(
            "ssm:DescribeDocument",
            name: input.name,
            VersionSelector(version: input.documentVersion, name: input.versionName),
            context
        )
        return DescribeDocumentOutput(document: DocumentDescription(document, version))
    }
}
