# docker build -t morelli .                                         the base
# docker build -t morelli --build-arg 'EXTRAS=[networks,formats]' .  ... with networks, on the processor
# docker run --rm -v "$PWD":/data morelli collect pictures -g gallery
FROM python:3.12-slim

ARG EXTRAS=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 HOME=/tmp/home

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
# torch from its own index first, so that no build for graphics cards (4 GB more) is taken
RUN case "$EXTRAS" in *networks*) \
      pip install torch torchvision --index-url https://download.pytorch.org/whl/cpu ;; \
    esac \
 && pip install --constraint constraints.txt ".${EXTRAS}" \
 && mkdir -m 1777 /tmp/home /data

WORKDIR /data
USER 1000:1000
ENTRYPOINT ["morelli"]
CMD ["--help"]
