def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        personas.setdefault(llama, [])
        personas.setdefault(recibe, [])
        if recibe != llama and recibe not in personas[llama]:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    personas = cadena(llamadas)
    quedan = []
    for persona in personas:
        if personas[persona] == []:
            quedan.append(persona)
    return sorted(quedan)
