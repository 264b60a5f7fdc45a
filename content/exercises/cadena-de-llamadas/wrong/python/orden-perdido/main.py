def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        personas.setdefault(llama, [])
        personas.setdefault(recibe, [])
        if recibe != llama and recibe not in personas[llama]:
            personas[llama].append(recibe)
    for llama in personas:
        personas[llama].sort()
    return personas


def sin_llamada(llamadas):
    quedan = list(cadena(llamadas))
    for llama, recibe in llamadas:
        if llama != recibe and recibe in quedan:
            quedan.remove(recibe)
    return quedan.sort()
