package cli

import (
	"context"
	"slices"
	"strings"

	"backfile/build/internal/progress"
	"backfile/build/publish/release"
	"backfile/build/publish/s3"

	"github.com/spf13/cobra"
)

func newPublishS3(g *globals) *cobra.Command {
	var o s3.Options
	c := &cobra.Command{
		Use:         "s3 s3://BUCKET[/PREFIX]",
		Annotations: map[string]string{stopped: "run it again to go on", dropped: "run it again to go on"},
		Short:       "Upload public/ to a host that speaks S3",
		Long: `Upload public/ to a bucket of any host that speaks S3: Amazon, Cloudflare R2,
Backblaze B2, Garage, MinIO and many more.

Only what differs from the bucket's own manifest is uploaded: new files first,
lists and the manifest's head last; what is no longer in the archive is removed
after that. Run it again after an interruption, and it goes on.

Who you are is read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or from
~/.aws/credentials, the host from --endpoint or AWS_ENDPOINT_URL, and the region
from --region or AWS_REGION.`,
		Example: "  backfile publish s3 --dry-run s3://courier\n  backfile publish s3 --endpoint https://s3.eu-central-003.backblazeb2.com s3://courier/archive",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			target, err := s3.ParseTarget(args[0])
			if err != nil {
				return &usageError{err.Error(), "such as s3://courier/archive"}
			}
			return g.publishS3(c.Context(), target, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Endpoint, "endpoint", "", "the host (default: AWS_ENDPOINT_URL, or Amazon's)")
	f.StringVar(&o.Region, "region", "", "the region (default: AWS_REGION, or what the host says)")
	f.IntVarP(&o.Jobs, "jobs", "j", 8, "how many files to upload at once")
	f.BoolVar(&o.List, "list", false, "compare with all that is in the bucket, not with its manifest, and remove what the archive does not have")
	f.BoolVarP(&o.DryRun, "dry-run", "n", false, "say what would be uploaded and removed, and do nothing")
	deleteFlag(c, &o.MaxDelete)
	return c
}

func (g *globals) publishS3(ctx context.Context, target s3.Target, o s3.Options) error {
	return g.withRelease(ctx, func(r *release.Release) error {
		bar := progress.New(g.Stderr, "files")
		o.Progress = bar.Set
		o.Plan = func(p *release.Plan) {
			bar.Done()
			g.sayPlan(p, target.String())
		}
		rep, err := s3.Publish(ctx, r, target, o)
		bar.Done()
		d := done{what: "s3", where: target.String(), put: rep.Written, bytes: rep.Bytes, removed: rep.Removed, total: len(r.Files), dry: o.DryRun}
		return g.ended(ctx, d, err)
	})
}

// withS3 puts the word s3 where "publish s3://bucket" leaves it out.
func withS3(args []string) []string {
	at := slices.Index(args, "publish")
	if at < 0 || slices.Contains(args[at:], "s3") {
		return args
	}
	if slices.ContainsFunc(args[at:], func(a string) bool { return strings.HasPrefix(a, "s3://") }) {
		return slices.Insert(slices.Clone(args), at+1, "s3")
	}
	return args
}
