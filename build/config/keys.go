package config

// A key is one key of site.yaml.
type key struct {
	name  string
	about string // for editors; docs/site-yaml.md says more
	field field  // what its value may be, and where it goes
}

// keys are the keys of site.yaml, in the order in which people should meet them.
var keys = []key{
	{"title", "The name of the archive. It stands at the top of every page.",
		put(required(text(200)), func(c *Config) *string { return &c.Title })},
	{"description", "One or two sentences about the archive, for its home page, feeds and search engines.",
		put(text(1000), func(c *Config) *string { return &c.Description })},
	{"language", "The language of the site's own words, and of articles that name none, as a code such as en, ru or pt-BR.",
		put(language(), func(c *Config) *string { return &c.Language })},
	{"base_url", "Where the archive will be published. Feeds, sitemaps and canonical links need it; all else works without.",
		put(baseURL(), func(c *Config) *string { return &c.BaseURL })},
	{"timezone", "The time zone that decides on which day an instant falls, such as Europe/Berlin. Without one, an article stands on the day that its source printed.",
		put(timezone(), func(c *Config) *string { return &c.Timezone })},
	{"page_size", "How many articles one page of a list holds. Changing it moves the lists' older pages.",
		put(number(10, 200), func(c *Config) *int { return &c.PageSize })},
	{"week_start", "The first day of the week in calendars.",
		put(oneOf("monday", "sunday", "saturday"), func(c *Config) *string { return &c.WeekStart })},
	{"canonical", "Which copy of an article search engines should show: this archive's (self) or the source's (original).",
		put(oneOf("self", "original"), func(c *Config) *string { return &c.Canonical })},
	{"noindex", "Whether search engines are asked to stay away.",
		put(truth(), func(c *Config) *bool { return &c.NoIndex })},
	{"license", "The terms under which the archive may be used: a name, or an SPDX identifier such as CC-BY-4.0.",
		put(text(200), func(c *Config) *string { return &c.License })},
	{"license_url", "Where those terms can be read.",
		put(webURL(), func(c *Config) *string { return &c.LicenseURL })},
	{"publisher", "Who publishes the archive, when that is not its title.",
		put(text(200), func(c *Config) *string { return &c.Publisher })},
	{"contact", "Where readers can write to: an e-mail address, or the URL of a page.",
		put(contact(), func(c *Config) *string { return &c.Contact })},
	{"search", "Whether readers can search the archive, and whether results show passages and quotes find phrases.",
		search(func(c *Config) *Search { return &c.Search })},
	{"compress", "Whether .gz and .br files are put beside files, for web servers that send them to browsers that take them.",
		put(truth(), func(c *Config) *bool { return &c.Compress })},
	{"mirrors", "Other places where the same archive can be read. Readers are shown them when they look for a page that is not there, and where they verify their copy.",
		mirrors()},
	{"topics", "Labels, other spellings and descriptions of topics, by slug.",
		terms(func(c *Config) *[]Term { return &c.Topics })},
	{"people", "Labels, other spellings and descriptions of people, by slug.",
		terms(func(c *Config) *[]Term { return &c.People })},
	{"places", "Labels, other spellings and descriptions of places, by slug.",
		terms(func(c *Config) *[]Term { return &c.Places })},
	{"authors", "Labels, other spellings and descriptions of authors, by slug.",
		terms(func(c *Config) *[]Term { return &c.Authors })},
	{"sources", "Labels, other spellings and descriptions of the publications that articles come from, by slug.",
		terms(func(c *Config) *[]Term { return &c.Sources })},
}

// meant are the keys that people coming from other programs write, in small
// letters without dashes and underscores. They are never read, only understood.
var meant = map[string]string{
	"lang": "language", "locale": "language", "languagecode": "language", "defaultcontentlanguage": "language",
	"url": "base_url", "siteurl": "base_url", "root": "base_url",
	"tz": "timezone", "paginate": "page_size", "perpage": "page_size", "weekstarts": "week_start",
	"name": "title", "sitename": "title", "subtitle": "description", "tagline": "description",
	"copyright": "license", "email": "contact", "author": "authors", "tags": "topics", "categories": "topics",
	"mirror": "mirrors", "copies": "mirrors", "address": "url", "link": "url", "tor": "onion", "gzip": "compress", "brotli": "compress", "precompress": "compress", "precompressed": "compress", "pagefind": "search", "lunr": "search", "searchindex": "search", "fulltext": "search",
	"snippets": "excerpts", "passages": "excerpts", "texts": "excerpts", "quotes": "phrases", "positions": "phrases",
}
