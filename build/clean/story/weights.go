package story

// weights say how much each feature speaks for a block being part of the story.
// Made by go run ./build/clean/eval -train build/clean/story/weights.go DIR.
var weights = [...]float64{
	-0.566, // bias
	0.603,  // recall
	0.258,  // reader
	-0.182, // distill
	0.231,  // votes
	0.522,  // all
	-0.797, // none
	0.417,  // votes squared
	0.095,  // best
	-0.163, // second
	-0.114, // before
	0.059,  // after
	-0.319, // before 2
	0.342,  // after 2
	-0.259, // around
	0.101,  // between
	-0.091, // first
	0.271,  // ahead
	-0.586, // behind
	-0.203, // gap ahead
	-0.538, // gap behind
	0.073,  // depth in story
	-0.313, // p
	0.043,  // li
	-0.061, // heading
	-0.508, // div
	-0.168, // figcaption
	0.379,  // cell
	0.077,  // quote
	-0.020, // other
	-0.251, // words 1-3
	-0.234, // words 4-8
	-0.527, // words 9-15
	0.211,  // words 16-30
	0.289,  // words 31+
	-0.021, // log words
	0.364,  // ends
	-0.055, // ends with colon
	0.213,  // starts small
	-0.179, // capitals
	0.099,  // question
	0.425,  // quotes
	-0.607, // linked
	-0.078, // all linked
	-0.039, // some linked
	-0.143, // all strong
	-0.064, // all strong short
	-0.149, // title
	-0.032, // part of title
	0.895,  // summary
	0.511,  // part of summary
	-0.216, // names author
	-0.312, // dated
	-0.869, // phrase
	-0.328, // read more phrase
	-0.547, // subscribe phrase
	-0.081, // share phrase
	0.024,  // caption phrase
	0.074,  // rights phrase
	-0.337, // body data
	-0.571, // not body data
	0.325,  // short against data
	-0.049, // repeated
	0.059,  // repeated before
	0.381,  // parent share
	1.052,  // grandparent share
	0.508,  // sibling share
	-0.179, // parent none
	-0.024, // no words
	-0.032, // address
	-0.088, // figures
	-0.353, // heading then none
	0.509,  // heading then story
	0.159,  // colon then list
	0.251,  // list lead
	-0.031, // next heading
	-0.344, // list linked
	-0.423, // run linked
	0.219,  // few votes page
	-0.541, // votes x linked
	-0.223, // votes x short
	-0.116, // votes x p
	-0.007, // alone x short
	0.029,  // best x caption
	-0.622, // best x phrase
	0.413,  // best x ends
	-0.434, // tail x short
	-0.275, // tail x strong
	-0.100, // head x short
	-0.214, // group votes
	-0.009, // group best
	-0.050, // group linked
	-0.534, // group words
	-0.282, // group ends
	1.127,  // group size
	0.374,  // group li x votes
	1.582,  // like share
	-0.475, // like none
	-0.394, // picture
	0.198,  // picture x short
	-0.512, // story words
	-0.095, // in post
	0.018,  // about
	0.415,  // weak
	0.088,  // strong alone
	0.230,  // gap x before
	-0.022, // gap x after
	-0.148, // best minus mean
	0.308,  // deck spot
	0.462,  // deck spot x summary
	-0.250, // emphasis
	-0.176, // emphasis x tail
	-0.125, // colon short
	-0.176, // kicker
	0.515,  // class body
	-0.248, // class title
	0.282,  // class deck
	-0.094, // class byline
	-0.332, // class bio
	-0.490, // class caption
	-0.099, // class related
	-0.073, // class social
	0.157,  // class embed
	-0.562, // class comments
	0.026,  // class offer
	-0.010, // class frame
	0.265,  // class tags
	0.011,  // class advert
	-0.619, // class box
	0.241,  // class quote
	-0.167, // class notice
	0.393,  // in article
	0.332,  // in main
	-0.186, // in aside
	-0.230, // in footer
	-0.479, // in header
	-0.293, // in nav
	-0.430, // in figure
	-0.045, // in form
	0.548,  // in blockquote
	-0.247, // in list
	0.146,  // in numbered list
	0.426,  // in table
}
