public import HTTP

/// The payload of an operation that streams: a request's body as it arrives, or an answer's as it is made.
public enum StreamingBody: ShapeValue {
    case none
    /// An input's body. The signature over it is checked by whoever made this value, as it is read.
    case request(any RequestBody)
    /// An output's body.
    case response(ResponseBody)

    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> StreamingBody {
        try decoder.body()
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.body(self) }
}
