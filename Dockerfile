# Puente as one static binary in an empty image: 40 MB, no shell, no root. Build and start it with
#
#   docker build -t puente .
#   docker run --rm -p 127.0.0.1:8080:8080 -e PUENTE_URL=http://localhost:8080 -v puente:/data puente
#
# The first start prints the link of the first administrator. Everything that is kept is in /data.

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Without cgo SQLite is the one in Go, and the binary needs no library of the image. The experiment lets the engine use
# the vectors of the processor, if that has them; it changes no result.
RUN CGO_ENABLED=0 GOEXPERIMENT=simd go build -trimpath -ldflags "-s -w" -o /out/puente . && mkdir -p -m 0700 /volumes/data

FROM scratch
# Certificate authorities, for connections to other servers; zones of time are in the binary.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/puente /puente
COPY --from=build --chown=65532:65532 /volumes/ /
USER 65532:65532
# Plain HTTP inside the container: what is published, and what encrypts in front of it, is up to who runs it.
ENV PUENTE_DATA=/data PUENTE_ADDR=0.0.0.0:8080 PUENTE_PLAIN_HTTP=true
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s CMD ["/puente", "health"]
ENTRYPOINT ["/puente"]
CMD ["serve"]
