// Package s3 publishes a release into a bucket of any host that speaks S3.
//
//	head of the bucket's manifest ──► what differs ──► puts, in waves ──► removals
//
// What is there already the bucket's own manifest tells, with one request when
// nothing has changed. A publication that was cut off is gone on with: what
// arrived is known by its MD5, which S3 lists.
package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"backfile/build/internal/par"
	"backfile/build/manifest"
	"backfile/build/publish/release"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Options direct a publication.
type Options struct {
	Endpoint  string // of the host; Amazon's when ""
	Region    string
	Jobs      int  // puts at once; 8 when 0
	MaxDelete int  // remove at most so many files; any number when negative
	DryRun    bool // look, and change nothing
	List      bool // compare with what the bucket lists rather than with its manifest

	Plan     func(*release.Plan)   // when set, called before anything is changed
	Progress func(done, total int) // when set, told how many files have been put

	Transport http.RoundTripper // nil for the usual one
}

// A Target is a place in a bucket.
type Target struct{ Bucket, Prefix string } // Prefix is "" or ends with a slash

// ParseTarget reads s3://bucket/prefix.
func ParseTarget(s string) (Target, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return Target{}, fmt.Errorf("%q is not of the form s3://bucket/prefix", s)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return Target{u.Host, prefix}, nil
}

func (t Target) String() string { return "s3://" + t.Bucket + "/" + t.Prefix }

// A Report says what was done, even when an error came in between.
type Report struct {
	Written, Removed int
	Bytes            int64 // written
}

var (
	// ErrForeign is returned for a place with files that backfile did not make.
	ErrForeign = errors.New("holds files that backfile did not make: choose another prefix")
	// ErrNoCredentials is returned when nothing says who is publishing.
	ErrNoCredentials = errors.New("there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials")
)

const (
	defaultJobs = 8
	retries     = 5

	// many puts cost more than a list of a thousand times as many files.
	many = 1000
)

// A publication is a Publish under way.
type publication struct {
	Options
	Target
	r      *release.Release
	client *minio.Client

	written atomic.Int64
	bytes   atomic.Int64
}

// Publish makes t hold just what r holds.
func Publish(ctx context.Context, r *release.Release, t Target, o Options) (Report, error) {
	p := &publication{Options: o, Target: t, r: r}
	if p.Jobs <= 0 {
		p.Jobs = defaultJobs
	}
	if err := p.connect(); err != nil {
		return Report{}, err
	}
	plan, err := p.plan(ctx)
	if err != nil {
		return Report{}, p.explain(err)
	}
	if o.Plan != nil {
		o.Plan(&plan)
	}
	if err := plan.Guard(o.MaxDelete); err != nil {
		return Report{}, err
	}
	if o.DryRun {
		return Report{plan.Puts(), len(plan.Remove), plan.Bytes}, nil
	}
	var rep Report
	err = p.putAll(ctx, &plan)
	rep.Written, rep.Bytes = int(p.written.Load()), p.bytes.Load()
	if err != nil {
		return rep, p.explain(err)
	}
	var removed atomic.Int64
	err = par.Each(ctx, p.Jobs, slices.Values(plan.Remove), func(path string) error {
		if err := p.client.RemoveObject(ctx, p.Bucket, p.Prefix+path, minio.RemoveObjectOptions{}); err != nil {
			return fmt.Errorf("removing %s: %w", path, err)
		}
		removed.Add(1)
		return nil
	})
	rep.Removed = int(removed.Load())
	return rep, p.explain(err)
}

// connect makes the client. Who is publishing the usual variables and files
// say, and nothing else.
func (p *publication) connect() error {
	endpoint := p.Endpoint
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"} {
		if endpoint == "" {
			endpoint = os.Getenv(name)
		}
	}
	if endpoint == "" {
		endpoint = "https://s3.amazonaws.com"
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("endpoint %q is not the address of a host", p.Endpoint)
	}
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if p.Region == "" {
			p.Region = os.Getenv(name)
		}
	}
	creds := credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.EnvMinio{}, &credentials.FileAWSCredentials{}})
	if who, err := creds.GetWithContext(nil); err != nil || who.AccessKeyID == "" {
		return ErrNoCredentials
	}
	p.client, err = minio.New(u.Host, &minio.Options{Creds: creds, Secure: u.Scheme == "https", Region: p.Region, Transport: p.Transport, MaxRetries: retries})
	return err
}

// plan finds out what differs.
func (p *publication) plan(ctx context.Context) (release.Plan, error) {
	host := &bucket{ctx: ctx, p: p}
	if p.List {
		listed, err := p.list(ctx)
		if err != nil {
			return release.Plan{}, err
		}
		return p.r.Plan(listed), p.ours(host, len(listed))
	}
	there, err := p.r.There(host)
	if err != nil {
		return release.Plan{}, fmt.Errorf("reading the manifest in %v: %w; --list does without it", p.Target, err)
	}
	plan := p.r.Plan(there)
	if len(there) > 0 && plan.Puts() < many {
		return plan, nil
	}
	// Much is to be put: a part may have arrived before. What the bucket
	// holds besides is not known to be ours, and stays.
	listed, err := p.list(ctx)
	if err != nil {
		return release.Plan{}, err
	}
	if err := p.ours(host, len(listed)); err != nil {
		return release.Plan{}, err
	}
	arrived := p.r.Plan(listed)
	arrived.Remove, arrived.There = plan.Remove, max(plan.There, len(listed))
	return arrived, nil
}

// ours refuses a place that holds files and no text of ours that marks it.
func (p *publication) ours(host fs.FS, files int) error {
	if files == 0 {
		return nil
	}
	b, err := fs.ReadFile(host, manifest.ReadmePath)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.HasPrefix(b, []byte(manifest.Mark)) {
		return fmt.Errorf("%v %w", p.Target, ErrForeign)
	}
	return err
}

// putAll puts wave after wave. The text that marks the place as ours is first
// of all, so that a first publication that is cut off can be gone on with.
func (p *publication) putAll(ctx context.Context, plan *release.Plan) error {
	marked := ""
	for _, wave := range plan.Waves {
		for _, f := range wave {
			if f.Path == manifest.ReadmePath {
				if err := p.put(ctx, f, plan.Puts()); err != nil {
					return err
				}
				marked = f.Path
			}
		}
	}
	for _, wave := range plan.Waves {
		err := par.Each(ctx, p.Jobs, slices.Values(wave), func(f release.File) error {
			if f.Path == marked {
				return nil
			}
			return p.put(ctx, f, plan.Puts())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// put puts one file.
func (p *publication) put(ctx context.Context, f release.File, total int) error {
	b, err := p.r.Read(f)
	if err != nil {
		return err
	}
	kind, encoding := p.kind(f.Path)
	_, err = p.client.PutObject(ctx, p.Bucket, p.Prefix+f.Path, bytes.NewReader(b), int64(len(b)), minio.PutObjectOptions{
		ContentType: kind, ContentEncoding: encoding, CacheControl: cacheControl(f.Path),
		// The signed MD5 guards the bytes. Without TLS the library would else
		// send them in signed pieces, which some hosts store as an encoding.
		SendContentMd5: true, DisableContentSha256: true, DisableMultipart: true,
	})
	if err != nil {
		return fmt.Errorf("putting %s: %w", f.Path, err)
	}
	p.bytes.Add(f.Size)
	n := int(p.written.Add(1))
	if p.Progress != nil {
		p.Progress(n, total)
	}
	return nil
}

// explain says what to do about what hosts answer.
func (p *publication) explain(err error) error {
	answer, ok := errors.AsType[minio.ErrorResponse](err)
	if !ok {
		return err
	}
	help := ""
	switch answer.Code {
	case "NoSuchBucket":
		help = fmt.Sprintf("there is no bucket %q at this host: make it first, or give the host with --endpoint", p.Bucket)
	case "AccessDenied":
		help = "the credentials have no right to do this"
	case "InvalidAccessKeyId", "SignatureDoesNotMatch":
		help = "the host does not accept the credentials"
	case "AuthorizationHeaderMalformed":
		help = "the bucket is in another region: give it with --region"
	default:
		return err
	}
	return fmt.Errorf("%w (%s)", err, help)
}
