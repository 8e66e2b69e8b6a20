import ArgumentParser
import Testing

@testable import sekisho

@Suite("The configuration file")
struct ConfigurationFileTests {
    @Test func `each setting is read by its name`() throws {
        let text = #"{"rootKey": "/k", "listen": ["https://127.0.0.1:1"], "inMemory": true}"#
        let file = try ConfigurationFile(Array(text.utf8), path: "f")
        #expect(file.text(.rootKey) == "/k" && file.text(.publicUrl) == nil)
    }

    @Test(arguments: [
        (#"{"publicURL": "https://h"}"#, "did you mean 'publicUrl'?"),
        (#"{"listeners": ["https://127.0.0.1:1"]}"#, "did you mean 'listen'?"),
        (#"{"region": ["eu-west-1"]}"#, "did you mean 'regions'?"),
        (#"{"loglevel": "debug"}"#, "did you mean 'logLevel'?"),
        (#"{"colour": "red"}"#, "there are data, inMemory, listen,"),
        (#"{"listen": "https://127.0.0.1:1"}"#, "'listen' is to be a list of texts"),
        (#"{"logLevel": 3}"#, "'logLevel' is to be a text"),
        (#"{"inMemory": "yes"}"#, "'inMemory' is to be true or false"),
        (#"["listen"]"#, "no readable JSON object"),
        ("{", "no readable JSON object"),
    ])
    func `what is not understood is refused by name`(text: String, said: String) {
        #expect {
            _ = try ConfigurationFile(Array(text.utf8), path: "/d/sekisho.json")
        } throws: {
            "\($0)".contains("/d/sekisho.json") && "\($0)".contains(said)
        }
    }

    @Test func `there need not be one`() throws {
        #expect(try ConfigurationFile(at: "/nowhere/sekisho.json") == nil)
    }

    @Test func `every setting is an option of serve, and a variable`() {
        let options = ServeOptions.helpMessage(includeHidden: true, columns: 1000)
        for setting in ServerSetting.allCases {
            let option = setting.variable.dropFirst("SEKISHO_".count).lowercased()
                .replacing("_", with: "-")
            #expect(options.contains("--\(option)"), "\(setting)")
        }
    }
}
