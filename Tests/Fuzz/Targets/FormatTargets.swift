import Formats
import Wire
import World

/// Skipping and reading agree on what is JSON, and what was read can be written and read again.
@Sendable func fuzzJSON(_ input: [UInt8]) {
    let isValid = (try? JSONReader.validate(input)) != nil
    var reader = JSONReader(input)
    var writer = JSONWriter()
    let wasRead: Bool
    do throws(JSONError) {
        try copy(&reader, to: &writer)
        try reader.finish()
        wasRead = true
    } catch {
        require(error.offset <= input.count, "an error beyond the text")
        _ = TextPosition(offset: error.offset, in: input)
        wasRead = false
    }
    require(wasRead == isValid, "read: \(wasRead), validated: \(isValid)")
    if wasRead { require((try? JSONReader.validate(writer.bytes)) != nil, "what was written is no JSON") }
}

private func copy(_ reader: inout JSONReader, to writer: inout JSONWriter) throws(JSONError) {
    switch try reader.peek() {
    case .object:
        try reader.beginObject()
        writer.beginObject()
        while let key = try reader.nextKey() {
            writer.key(key)
            try copy(&reader, to: &writer)
        }
        writer.endObject()
    case .array:
        try reader.beginArray()
        writer.beginArray()
        while try reader.nextElement() { try copy(&reader, to: &writer) }
        writer.endArray()
    case .string: writer.string(try reader.readString())
    case .number: try copyNumber(&reader, to: &writer)
    case .bool: writer.bool(try reader.readBool())
    case .null:
        try reader.readNull()
        writer.null()
    }
}

/// A number read as each type it could be.
private func copyNumber(_ reader: inout JSONReader, to writer: inout JSONWriter) throws(JSONError) {
    var asInteger = reader
    _ = try? asInteger.readInt64()
    var asDouble = reader
    if let value = try? asDouble.readDouble() { require(value.isFinite, "a number that is none") }
    writer.raw(try reader.readNumberText().utf8)
}

/// A document is a tree whose texts lie in its buffer.
@Sendable func fuzzXML(_ input: [UInt8]) {
    guard let document = try? XMLDocument(input) else { return }
    var writer = XMLWriter()
    for index in document.elements.indices {
        let element = document.elements[index]
        require(!document.name(of: index).isEmpty, "an element without a name")
        _ = (document.text(of: index), document.namespace(of: index))
        for attribute in element.attributes { _ = document.buffer[document.attributes[attribute].value] }
        for next in [element.firstChild, element.nextSibling].compactMap({ $0 }) {
            require(next > index && next < document.elements.count, "a child before its parent")
        }
        writer.open(Array(document.name(of: index)))
        writer.close(Array(document.name(of: index)))
    }
}

/// Names and values lie in the buffer, and are not longer than what was sent.
@Sendable func fuzzForm(_ input: [UInt8]) {
    guard let form = QueryString(input[...]) else { return }
    for parameter in form.parameters {
        let name = form.name(parameter)
        require(name.count + form.value(parameter).count <= input.count, "a parameter longer than the text")
        require(form.first(Array(name)) != nil, "a parameter that cannot be found by its name")
        _ = form.text(String(decoding: name, as: UTF8.self))
    }
}

/// What is encoded is decoded to itself, and nonsense decodes to nothing.
@Sendable func fuzzText(_ input: [UInt8]) {
    require(Base64.decode(Base64.encodeBytes(input)) == input, "Base64 there and back")
    require(Hexadecimal.decode(Hexadecimal.encode(input)) == input, "hexadecimal there and back")
    var encoded: [UInt8] = []
    PercentEncoding.append(input, to: &encoded)
    require(PercentEncoding.decode(encoded) == input, "percent encoding there and back")
    if let bytes = Base64.decode(input) { require(bytes.count <= input.count, "Base64 grows") }
    _ = (Hexadecimal.decode(input), PercentEncoding.decode(input, plusIsSpace: true))
    fuzzNames(String(decoding: input, as: UTF8.self))
    fuzzTimes(input)
}
