# One image for every process of the platform, and for a custodian. Build: docker build -t aif-share .
FROM node:22-bookworm-slim AS frontend
WORKDIR /srv/aif
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY config/frontend config/frontend
RUN node config/frontend/build.mjs

FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/aif
RUN python -m venv /opt/venv
COPY requirements/runtime.txt requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml LICENSE README.md manage.py ./
COPY aif_share aif_share
COPY members members
COPY clues clues
COPY config config
COPY locale locale
COPY --from=frontend /srv/aif/var/static var/static
COPY .ci/production.env /tmp/production.env
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && env $(grep -v '^#' /tmp/production.env) AIF_STATIC_ROOT=/srv/static \
       /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q aif_share members clues config

FROM python:3.11-slim-bookworm
# What sets the pages of a cover report, and the Chinese letters on them.
RUN apt-get update -qq \
    && apt-get install -qq -y --no-install-recommends fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home aif \
    && install -d -o aif -g aif -m 0700 /var/lib/aif-share /var/lib/aif-share/evidence /var/lib/custodian
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv /srv
WORKDIR /srv/aif
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    AIF_ENV=production AIF_DATA=/var/lib/aif-share AIF_STATIC_ROOT=/srv/static TMPDIR=/tmp
USER aif
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.gunicorn"]
