package story

// weights say how much each feature speaks for a block being part of the story.
// Made by go run ./build/clean/eval -train build/clean/story/weights.go DIR.
var weights = [...]float64{
	-0.495, // bias
	0.207, // recall
	-0.003, // precision
	0.563, // reader
	0.166, // distill
	0.234, // votes
	-0.021, // all
	-0.877, // none
	0.219, // votes squared
	0.200, // best
	0.061, // second
	-0.100, // before
	0.054, // after
	-0.271, // before 2
	0.345, // after 2
	-0.277, // around
	0.265, // between
	-0.044, // first
	0.342, // ahead
	-0.353, // behind
	-0.148, // gap ahead
	-0.319, // gap behind
	-0.067, // depth in story
	-0.310, // p
	0.137, // li
	0.008, // heading
	-0.494, // div
	-0.269, // figcaption
	0.347, // cell
	0.086, // quote
	-0.002, // other
	-0.206, // words 1-3
	-0.233, // words 4-8
	-0.522, // words 9-15
	0.219, // words 16-30
	0.314, // words 31+
	0.073, // log words
	0.359, // ends
	-0.036, // ends with colon
	0.212, // starts small
	-0.168, // capitals
	0.056, // question
	0.471, // quotes
	-0.651, // linked
	-0.059, // all linked
	-0.068, // some linked
	-0.149, // all strong
	-0.061, // all strong short
	-0.165, // title
	-0.022, // part of title
	0.895, // summary
	0.461, // part of summary
	-0.212, // names author
	-0.312, // dated
	-0.935, // phrase
	-0.356, // read more phrase
	-0.530, // subscribe phrase
	-0.100, // share phrase
	-0.019, // caption phrase
	0.079, // rights phrase
	-0.248, // body data
	-0.525, // not body data
	0.331, // short against data
	0.007, // repeated
	0.049, // repeated before
	0.474, // parent share
	0.891, // grandparent share
	0.501, // sibling share
	-0.051, // parent none
	-0.028, // no words
	0.009, // address
	-0.082, // figures
	-0.266, // heading then none
	0.504, // heading then story
	0.168, // colon then list
	0.251, // list lead
	-0.001, // next heading
	-0.315, // list linked
	-0.459, // run linked
	0.258, // few votes page
	-0.606, // votes x linked
	-0.167, // votes x short
	-0.139, // votes x p
	0.012, // alone x short
	0.075, // best x caption
	-0.479, // best x phrase
	0.590, // best x ends
	-0.422, // tail x short
	-0.336, // tail x strong
	-0.149, // head x short
	-0.258, // group votes
	0.017, // group best
	-0.079, // group linked
	-0.442, // group words
	-0.215, // group ends
	1.278, // group size
	0.352, // group li x votes
	1.388, // like share
	-0.742, // like none
	-0.417, // picture
	0.152, // picture x short
	-0.827, // story words
	-0.070, // in post
	0.021, // about
	0.064, // weak
	0.112, // strong alone
	0.163, // gap x before
	0.367, // gap x after
	-0.031, // best minus mean
	0.529, // deck spot
	0.487, // deck spot x summary
	-0.254, // emphasis
	-0.174, // emphasis x tail
	-0.126, // colon short
	-0.183, // kicker
	0.633, // class body
	-0.193, // class title
	0.215, // class deck
	-0.078, // class byline
	-0.335, // class bio
	-0.523, // class caption
	-0.100, // class related
	-0.074, // class social
	0.183, // class embed
	-0.576, // class comments
	0.002, // class offer
	-0.071, // class frame
	0.224, // class tags
	-0.051, // class advert
	-0.589, // class box
	0.218, // class quote
	-0.163, // class notice
	0.395, // in article
	0.368, // in main
	-0.234, // in aside
	-0.303, // in footer
	-0.340, // in header
	-0.248, // in nav
	-0.517, // in figure
	-0.077, // in form
	0.532, // in blockquote
	-0.353, // in list
	0.197, // in numbered list
	0.421, // in table
}
