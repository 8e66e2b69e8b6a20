import Files
import Storage
import Testing

@Suite("Failures of files")
struct FileFailureTests {
    @Test(
        arguments: [
            (28, StorageError.full),
            (122, StorageError.full),
            (13, StorageError.unavailable("cannot write /x: Permission denied")),
        ] as [(CInt, StorageError)]
    )
    func `are told in the words of storage`(code: CInt, error: StorageError) {
        #expect(FileFailure("write", "/x", code: code).storageError == error)
    }
}
