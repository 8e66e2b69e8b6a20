import ServiceKit
import ServiceTestKit
import Testing
import Vocabulary

@Suite("Tags of what a call makes")
struct TaggingTests {
    private let bench: TestBench

    init() throws { bench = try TestBench() }

    private func tag(_ tags: [String: String]) async throws {
        try await bench.authorizer.authorizeTagging(
            "ssm:AddTagsToResource",
            on: "arn:aws:ssm:us-east-1:111122223333:document/D",
            with: tags,
            conditionValues: ["ssm:DocumentType": ["Session"]],
            in: bench.context("ssm:CreateDocument")
        )
    }

    @Test func `need the permission to tag, with the tags as conditions`() async throws {
        try await tag(["Team": "web", "Env": "test"])
        let asked = try #require(bench.authorizer.asked.first)
        #expect(asked.action == "ssm:AddTagsToResource")
        #expect(asked.resource == "arn:aws:ssm:us-east-1:111122223333:document/D")
        #expect(
            asked.conditionValues == [
                "aws:TagKeys": ["Env", "Team"], "aws:RequestTag/Team": ["web"],
                "aws:RequestTag/Env": ["test"], "ssm:DocumentType": ["Session"],
            ]
        )
        bench.authorizer.refuse("ssm:AddTagsToResource")
        await #expect(throws: ServiceFault.self) { try await tag(["Team": "web"]) }
    }

    @Test func `need nothing where there are none`() async throws {
        bench.authorizer.refuse("ssm:AddTagsToResource")
        try await tag([:])
        #expect(bench.authorizer.asked.isEmpty)
    }

    @Test(
        arguments: [
            ([], nil), (["env", "Team"], nil), (["env", "Env"], ["Env", "env"]),
            (["TEAM", "x", "team"], ["TEAM", "team"]), (["größe", "GRÖSSE"], nil),
            (["größe", "GRÖßE"], ["GRÖßE", "größe"]),
        ] as [([String], [String]?)]
    )
    func `clash where keys are the same but for their case`(keys: [String], clash: [String]?) {
        #expect(RequestedTags.clash(in: keys).map { [$0.0, $0.1] } == clash)
    }
}
